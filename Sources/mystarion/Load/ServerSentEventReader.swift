/// Finds events in a stream of bytes that come in pieces.
///
/// WHATWG HTML, 9.2.6, as far as this server's own events need it: a name and one line of data. Of a long line only the
/// beginning is kept, so that pictures take no memory.
struct ServerSentEventReader {
    /// An event's name, and the beginning of its data.
    struct Event {
        let name: String
        let data: String
    }

    private static let keptBytes = 1024

    private var line: [UInt8] = []
    private var name = ""
    private var data = ""

    /// Reads the next bytes and returns the events that end in them.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if let event = endLine() { events.append(event) }
            } else if line.count < Self.keptBytes {
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if text.hasPrefix("event: ") { name = String(text.dropFirst(7)) }
        if text.hasPrefix("data: ") { data = String(text.dropFirst(6)) }
        guard text.isEmpty, !name.isEmpty else { return nil }
        defer { (name, data) = ("", "") }
        return Event(name: name, data: data)
    }
}
