/// JSON as the audit's requests need it.
enum JSONText {
    /// A string of canaries, which hold neither quotes nor backslashes; all but ASCII escaped when asked for.
    static func string(_ text: String, isEscaped: Bool = false) -> String {
        guard isEscaped else { return "\"\(text)\"" }
        let units = text.utf16.map { unit in
            guard unit >= 0x80 else { return String(Unicode.Scalar(UInt8(unit))) }
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"\(units.joined())\""
    }

    /// An object with members in their order.
    static func object(_ members: [(String, String)]) -> [UInt8] {
        Array(("{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}").utf8)
    }
}
