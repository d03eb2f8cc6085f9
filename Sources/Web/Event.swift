public import Logging
public import Privacy

/// What may be logged: nothing but these cases and their numbers.
public enum Event: Sendable {
    /// The server starts with so many values of its configuration set, and computes with so many threads.
    case starting(settings: Int, threads: Int)
    /// These protections of the process are in force, or waived.
    case protected([ProtectionStatus])
    /// So many pictures in one pass of the denoiser give the most pictures a second here; a pass takes so long.
    case calibrated(batch: Int, milliseconds: Int)
    /// A certificate is in use from now on that is valid for so many days.
    case certificate(days: Int)
    /// The files of the certificate were to be read again and cannot be used; the one in use stays.
    case certificateRefused(CertificateProblem)
    /// The server listens.
    case listening(port: Int)
    /// A request was answered, or its answer was begun.
    case answered(Route, status: Int, milliseconds: Int)
    /// So many lines of the log could not be written.
    case linesLost(Int)
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
        case .protected: "protected"
        case .calibrated: "calibrated"
        case .certificate: "certificate"
        case .certificateRefused: "certificate_refused"
        case .listening: "listening"
        case .answered: "answered"
        case .linesLost: "lines_lost"
        case .draining: "draining"
        case .stopped: "stopped"
        }
    }

    var level: Logger.Level {
        switch self {
        case .answered: .info
        case .certificateRefused: .error
        case .linesLost: .warning
        case .starting, .protected, .calibrated, .certificate, .listening, .draining, .stopped: .notice
        }
    }

    /// The case in words, for people.
    var message: Logger.Message {
        switch self {
        case .starting(let settings, let threads): "starting with \(settings) settings and \(threads) threads"
        case .protected(let statuses):
            "in force: \(Self.names(statuses, inForce: true)); waived: \(Self.names(statuses, inForce: false))"
        case .calibrated(let batch, let milliseconds):
            "best with \(batch) pictures in a pass, which takes \(milliseconds) ms"
        case .certificate(let days): "uses a certificate that is valid for \(days) more days"
        case .certificateRefused(let problem): "keeps the certificate that it has: \(problem.explanation)"
        case .listening(let port): "listening on port \(port)"
        case .answered(let route, let status, let milliseconds):
            "answered \(route) with \(status) in \(milliseconds) ms"
        case .linesLost(let count): "\(count) lines were lost: the log could not be written"
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
        case .protected(let statuses):
            [
                "in_force": "\(Self.names(statuses, inForce: true))",
                "waived": "\(Self.names(statuses, inForce: false))",
            ]
        case .calibrated(let batch, let milliseconds):
            ["batch": .stringConvertible(batch), "ms": .stringConvertible(milliseconds)]
        case .certificate(let days):
            ["days": .stringConvertible(days)]
        case .certificateRefused(let problem):
            ["problem": "\(problem.rawValue)"]
        case .listening(let port):
            ["port": .stringConvertible(port)]
        case .answered(let route, let status, let milliseconds):
            [
                "route": "\(route)", "status": .stringConvertible(status), "ms": .stringConvertible(milliseconds),
            ]
        case .linesLost(let count): ["lines": .stringConvertible(count)]
        case .draining(let seconds, let waiting, let running):
            [
                "seconds": .stringConvertible(seconds), "waiting": .stringConvertible(waiting),
                "running": .stringConvertible(running),
            ]
        case .stopped: [:]
        }
    }

    private static func names(_ statuses: [ProtectionStatus], inForce: Bool) -> String {
        let names = statuses.filter { $0.isInForce == inForce }.map(\.protection.rawValue)
        return names.isEmpty ? "none" : names.joined(separator: ",")
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
