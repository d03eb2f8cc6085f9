public import Logging

/// What may be logged: nothing but these cases and their numbers.
public enum Event: Sendable {
    /// The server listens.
    case listening(port: Int)
    /// A request was answered, or its answer was begun.
    case answered(Route, status: Int, milliseconds: Int)
    /// The server stops.
    case stopped
}

extension Logger {
    /// Writes an event.
    public func log(_ event: Event) {
        switch event {
        case .listening(let port):
            notice("listening on port \(port)")
        case .answered(let route, let status, let milliseconds):
            info("answered \(route) with \(status) in \(milliseconds) ms")
        case .stopped:
            notice("stopped")
        }
    }
}
