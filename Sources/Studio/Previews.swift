/// Which previews of its pictures a request shows.
public enum Previews: Sendable, Equatable {
    /// None.
    case none
    /// So many of each picture, evenly spread over its steps.
    case count(Int)
    /// One after every step.
    case everyStep
}
