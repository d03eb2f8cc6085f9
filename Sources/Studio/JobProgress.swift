/// How far a request is.
public struct JobProgress: Sendable, Equatable {
    /// How many requests are before it while it waits; nil once work on it has begun.
    public internal(set) var position: Int?

    /// Steps done, of all its pictures.
    public internal(set) var completedSteps = 0

    /// Steps that all its pictures take.
    public internal(set) var totalSteps: Int

    /// Pictures finished.
    public internal(set) var completedPictures = 0

    /// Pictures asked for.
    public internal(set) var totalPictures: Int

    /// In about how many seconds it will be done; nil as long as that is unknown.
    public internal(set) var seconds: Double?

    /// How much of it is done, from 0 to 1.
    public var fraction: Double { totalSteps > 0 ? min(1, Double(completedSteps) / Double(totalSteps)) : 0 }

    /// How many steps one picture takes.
    public var stepsPerPicture: Int { totalPictures > 0 ? totalSteps / totalPictures : 0 }
}
