import Foundation
import Logging

/// Writes events to standard error, a line each, with the time in whole seconds.
struct EventLogHandler: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(format: LogFormat, level: LogLevel) {
        self.format = format
        logLevel = level.level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)).ISO8601Format()
        let line =
            switch format {
            case .text: "\(time) \(event.level) \(event.message)"
            case .json: object(time: time, event)
            }
        FileHandle.standardError.write(Data("\(line)\n".utf8))
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
