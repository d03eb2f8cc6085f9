internal import NIOCore

/// A JSON value to be written, with its members in the order given. Nothing of a request belongs in one.
enum JSONText: Sendable {
    case null
    case truth(Bool)
    case number(Int)
    case decimal(Double)
    case text(String)
    case list([JSONText])
    case object([(name: String, value: JSONText)])

    /// A text, or null.
    static func optional(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }

    /// Appends the value.
    func write(to buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.writeStaticString("null")
        case .truth(let truth): buffer.writeString("\(truth)")
        case .number(let number): buffer.writeString("\(number)")
        case .decimal(let number): buffer.writeString("\(number)")
        case .text(let text): buffer.writeJSONString(text)
        case .list(let values):
            for (index, value) in values.enumerated() {
                buffer.writeStaticString(index == 0 ? "[" : ",")
                value.write(to: &buffer)
            }
            buffer.writeStaticString(values.isEmpty ? "[]" : "]")
        case .object(let members):
            for (index, member) in members.enumerated() {
                buffer.writeStaticString(index == 0 ? "{" : ",")
                buffer.writeJSONString(member.name)
                buffer.writeStaticString(":")
                member.value.write(to: &buffer)
            }
            buffer.writeStaticString(members.isEmpty ? "{}" : "}")
        }
    }
}
