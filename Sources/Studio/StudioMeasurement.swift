public import Moderation

/// What a studio tells of its work in numbers, without saying whose it was.
public enum StudioMeasurement: Sendable {
    /// A request got its turn after waiting so long.
    case waited(Duration)
    /// One pass of the denoiser over so many pictures took so long.
    case step(Duration, batch: Int)
    /// A picture of so many pixels was made.
    case picture(pixels: Int)
    /// Whoever asked went away before the end.
    case cancelled
    /// A request took longer than it may.
    case timedOut
    /// A request was turned away because too much is waiting.
    case turnedAway
    /// A prompt broke a rule.
    case refused(PolicyRule)
    /// The engine failed at a request.
    case failed(StudioError.Stage)
}
