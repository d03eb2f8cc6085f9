/// JSON as the audit's requests need it.
enum JSONText {
    /// A string with its quotes; all but ASCII escaped when asked for.
    static func string(_ text: String, isEscaped: Bool = false) -> String {
        var result = "\""
        for unit in text.utf16 {
            if unit < 0x80 {
                result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else if isEscaped {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        if !isEscaped { result = "\"" + text }
        return result + "\""
    }

    /// An object with members in their order.
    static func object(_ members: [(String, String)]) -> [UInt8] {
        Array(("{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}").utf8)
    }
}
