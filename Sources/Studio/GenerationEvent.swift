/// What happens to a request, in order.
public enum GenerationEvent: Sendable {
    /// It waits; `position` requests are before it. Said again when that changes.
    case queued(position: Int)
    /// Work on it has begun.
    case started
    /// Of all steps of all its pictures, so many are done.
    case step(completed: Int, total: Int)
    /// One of its pictures is done. The next one follows, or the end.
    case picture(Picture)
}
