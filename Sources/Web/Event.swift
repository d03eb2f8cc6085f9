public import Logging

/// What may be logged: nothing but these cases and their numbers.
public enum Event: Sendable {
    /// The server starts with so many values of its configuration set, and computes with so many threads.
    case starting(settings: Int, threads: Int)
    /// The server listens.
    case listening(port: Int)
    /// A request was answered, or its answer was begun.
    case answered(Route, status: Int, milliseconds: Int)
    /// The server takes no more requests, and gives those that it has so many seconds.
    case draining(seconds: Int, waiting: Int, running: Int)
    /// The server stops.
    case stopped
}

extension Event {
    /// The case's name, for programs; stable.
    var name: StaticString {
        switch self {
        case .starting: "starting"
        case .listening: "listening"
        case .answered: "answered"
        case .draining: "draining"
        case .stopped: "stopped"
        }
    }

    var level: Logger.Level {
        switch self {
        case .answered: .info
        case .starting, .listening, .draining, .stopped: .notice
        }
    }

    /// The case in words, for people.
    var message: Logger.Message {
        switch self {
        case .starting(let settings, let threads): "starting with \(settings) settings and \(threads) threads"
        case .listening(let port): "listening on port \(port)"
        case .answered(let route, let status, let milliseconds):
            "answered \(route) with \(status) in \(milliseconds) ms"
        case .draining(let seconds, let waiting, let running):
            "draining for up to \(seconds) s, \(waiting) waiting and \(running) running"
        case .stopped: "stopped"
        }
    }

    /// The case's numbers, for programs.
    var fields: Logger.Metadata {
        switch self {
        case .starting(let settings, let threads):
            ["settings": .stringConvertible(settings), "threads": .stringConvertible(threads)]
        case .listening(let port):
            ["port": .stringConvertible(port)]
        case .answered(let route, let status, let milliseconds):
            [
                "route": "\(route)", "status": .stringConvertible(status), "ms": .stringConvertible(milliseconds),
            ]
        case .draining(let seconds, let waiting, let running):
            [
                "seconds": .stringConvertible(seconds), "waiting": .stringConvertible(waiting),
                "running": .stringConvertible(running),
            ]
        case .stopped: [:]
        }
    }
}

extension Logger {
    /// Writes an event.
    public func log(_ event: Event) {
        var fields = event.fields
        fields["event"] = "\(event.name)"
        log(level: event.level, event.message, metadata: fields)
    }
}
