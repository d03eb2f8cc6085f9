import Logging
import Synchronization

/// A log whose lines, of every level, can be looked at.
final class CapturedLog: Sendable {
    private let captured = Mutex<[String]>([])
    private let level: Logger.Level

    init(level: Logger.Level = .trace) { self.level = level }

    var lines: [String] { captured.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self, logLevel: self.level) }
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.captured.withLock { $0.append("\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])") }
        }
    }
}
