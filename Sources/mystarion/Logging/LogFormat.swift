/// How events are written.
enum LogFormat: String, CaseIterable, Sendable {
    /// A line for people: time, level, words.
    case text
    /// A JSON object a line: `time`, `level`, `event`, and the event's numbers.
    case json
}
