/// How one request of a measurement ended.
enum LoadOutcome: Sendable {
    /// Seconds from sending it to its first event and to its end.
    case done(firstEvent: Double, end: Double)
    /// Without its picture; why, in a word of a small set.
    case failed(String)
}
