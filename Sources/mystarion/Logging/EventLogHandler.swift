import Foundation
import Logging
import Output
import Synchronization
import Web

/// Writes events, a line each, with the time in whole seconds.
struct EventLogHandler: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    private let time: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    /// Writes to a queue, so that no request waits for a log that nobody reads.
    init(format: LogFormat, level: LogLevel, queue: LineQueue) {
        self.init(format: format, level: level, time: { Date() }) { queue.append($0) }
    }

    private init(
        format: LogFormat, level: LogLevel, time: @escaping @Sendable () -> Date,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.format = format
        self.time = time
        self.write = write
        logLevel = level.level
    }

    /// What is written of a start and of a request, as far as the level lets it; for visitors to see.
    static func example(format: LogFormat, level: LogLevel) -> String {
        let newYear = Date(timeIntervalSince1970: 1_767_225_600)
        let events = [Event.listening(port: 8080), .answered(.pictures, status: 200, milliseconds: 271)]
        return events.compactMap { line(of: $0, format: format, level: level, time: newYear) }.joined(separator: "\n")
    }

    /// What is written of an event; nil where the level leaves it out.
    static func line(of event: Event, format: LogFormat, level: LogLevel, time: Date = Date()) -> String? {
        let line = Mutex<String?>(nil)
        let logger = Logger(label: "line") { _ in
            EventLogHandler(format: format, level: level, time: { time }) { text in line.withLock { $0 = text } }
        }
        logger.log(event)
        return line.withLock { $0 }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date(timeIntervalSince1970: self.time().timeIntervalSince1970.rounded(.down)).ISO8601Format()
        let line =
            switch format {
            case .text: "\(time) \(event.level) \(event.message)"
            case .json: object(time: time, event)
            }
        write(line)
    }

    private func object(time: String, _ event: LogEvent) -> String {
        var fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
        var members = [#""time":"\#(time)""#, #""level":"\#(event.level)""#]
        if let name = fields.removeValue(forKey: "event") { members.append(#""event":\#(value(name))"#) }
        for (key, field) in fields.sorted(by: { $0.key < $1.key }) { members.append(#""\#(key)":\#(value(field))"#) }
        return "{\(members.joined(separator: ","))}"
    }

    /// A number as one, everything else as a string. No event holds characters that JSON would have escaped.
    private func value(_ value: Logger.Metadata.Value) -> String {
        if case .stringConvertible(let number as Int) = value { return "\(number)" }
        return "\"\(value)\""
    }
}
