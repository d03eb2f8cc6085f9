/// What happens to a request, in order.
public enum GenerationEvent: Sendable {
    /// It waits; `position` requests are before it, and it will be done in about `seconds`. Said again when that changes.
    case queued(position: Int, seconds: Double? = nil)
    /// Work on it has begun.
    case started
    /// Of all steps of all its pictures, so many are done; the rest takes about `seconds`.
    case step(completed: Int, total: Int, seconds: Double? = nil)
    /// How one of its pictures looks by now, smaller than it will be; only for who asked for previews.
    case preview(Picture)
    /// One of its pictures is done, in their order. The next one follows, or the end.
    case picture(Picture)
}
