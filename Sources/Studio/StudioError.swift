public import Moderation

/// Why no pictures came of a request.
public enum StudioError: Error, Equatable, Sendable {
    /// The request asks for something that is not allowed.
    case invalid(RequestError)
    /// The prompt asks for what is not made here.
    case refused(PolicyRule)
    /// As much is waiting as may, by number or by work; nothing was begun. There may be room after `retryAfter` seconds.
    case queueFull(retryAfter: Int)
    /// Whoever asks has asked for as much as they may for now; nothing was begun.
    case rateLimited(retryAfter: Int)
    /// The request would need more memory than the service has for it, both in mebibytes; nothing was begun.
    case tooLarge(needed: Int, available: Int)
    /// The service is stopping and takes no more requests; nothing was begun.
    case shuttingDown
    /// Whoever asked went away.
    case cancelled
    /// The request took longer than it may.
    case timedOut
    /// The model's own checker found the picture unsuitable.
    case unsuitablePicture
    /// The engine failed; the request alone is affected.
    case failed(Stage)

    /// What the engine was doing when it failed.
    public enum Stage: String, CaseIterable, Sendable {
        /// Reading the prompt.
        case encoding
        /// Setting up a picture's noise or initial picture.
        case beginning
        /// Denoising.
        case denoising
        /// Turning the result into pixels.
        case decoding
        /// Enlarging a picture.
        case enlarging
    }
}

extension StudioError: CustomStringConvertible {
    /// What happened and what can be done, in a sentence.
    public var description: String {
        switch self {
        case .invalid(let error):
            error.message
        case .refused(let rule):
            rule.message
        case .queueFull(let retryAfter):
            "Too many requests are waiting; try again in \(retryAfter) seconds."
        case .rateLimited(let retryAfter):
            "More was asked for from this network than one may ask for; try again in \(retryAfter) seconds."
        case .tooLarge(_, let available):
            "The request needs more memory than the \(available) MiB that are to be had; ask for a smaller size."
        case .shuttingDown:
            "The service is stopping; try again in a while."
        case .cancelled:
            "The request was cancelled."
        case .timedOut:
            "The request took longer than it may; ask for fewer steps or a smaller size."
        case .unsuitablePicture:
            "The model's checker found the picture unsuitable, so it was discarded; another prompt or seed may help."
        case .failed(.encoding):
            "The model failed to read the prompt; try another one."
        case .failed(.beginning):
            "The model failed to set up the picture; other settings may work."
        case .failed(.enlarging):
            "The picture could not be enlarged; another upscaler may do it."
        case .failed(.denoising), .failed(.decoding):
            "The model failed to make the picture; a lower guidance scale or another sampler may help."
        }
    }
}
