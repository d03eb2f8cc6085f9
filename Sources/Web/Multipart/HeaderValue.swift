/// A header field's value with parameters, as in `form-data; name="prompt"; filename="a.png"` (RFC 2045, section 5.1).
///
/// Only the parameter that is asked for is kept: the others, names of files among them, are nobody's business here.
struct HeaderValue: Equatable {
    /// What stands before the parameters, in small letters.
    let kind: String
    /// The parameter's value; nil when it is missing.
    let parameter: String?

    /// Reads a value; nil when it is not well-formed, not UTF-8, or has the parameter twice.
    init?(_ bytes: Span<UInt8>, parameter name: String) {
        var reader = HeaderValueReader()
        guard let kind = reader.token(bytes) else { return nil }
        var found: String?
        while true {
            reader.skipSpaces(bytes)
            if reader.offset == bytes.count { break }
            guard reader.skip(UInt8(ascii: ";"), bytes) else { return nil }
            reader.skipSpaces(bytes)
            if reader.offset == bytes.count { break }
            guard let attribute = reader.token(bytes), reader.skip(UInt8(ascii: "="), bytes) else { return nil }
            guard let value = reader.quoted(bytes) ?? reader.token(bytes) else { return nil }
            if Self.text(attribute)?.lowercased() == name {
                guard found == nil, let text = Self.text(value) else { return nil }
                found = text
            }
        }
        guard let text = Self.text(kind) else { return nil }
        self.kind = text.lowercased()
        parameter = found
    }

    private static func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }
}

/// Reads a header field's value from left to right.
private struct HeaderValueReader {
    private(set) var offset = 0

    /// A run of characters that need no quotation marks; nil when there is none.
    mutating func token(_ bytes: Span<UInt8>) -> [UInt8]? {
        let start = offset
        while offset < bytes.count, !Self.isSpecial(bytes[offset]) { offset += 1 }
        return start == offset ? nil : (start..<offset).map { bytes[$0] }
    }

    /// Text between quotation marks; nil when there is none.
    ///
    /// A backslash is itself unless a quotation mark or another backslash follows it: browsers leave backslashes alone.
    mutating func quoted(_ bytes: Span<UInt8>) -> [UInt8]? {
        guard skip(UInt8(ascii: "\""), bytes) else { return nil }
        var text: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { return text }
            if byte == UInt8(ascii: "\\"), offset < bytes.count,
                bytes[offset] == UInt8(ascii: "\"") || bytes[offset] == UInt8(ascii: "\\")
            {
                text.append(bytes[offset])
                offset += 1
            } else {
                text.append(byte)
            }
        }
        return nil
    }

    /// Goes past one byte if it is the expected one.
    mutating func skip(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    mutating func skipSpaces(_ bytes: Span<UInt8>) {
        while offset < bytes.count, bytes[offset] == UInt8(ascii: " ") || bytes[offset] == UInt8(ascii: "\t") {
            offset += 1
        }
    }

    /// Whether a byte ends a token. A solidus does not: media types have one.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F: true
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="): true
        default: false
        }
    }
}
