/// A strict reader of JSON (RFC 8259) in UTF-8, with or without a byte order mark: nothing after the value, no name twice, valid UTF-8, and bounds on depth, on
/// the number of values and on the length of names, so that what is read stays small beside the body.
package struct JSONParser {
    package static let maximumDepth = 16
    package static let maximumValues = 16_384
    package static let maximumNameLength = 256

    private var offset = 0
    private var depth = 0
    private var count = 0

    /// Reads the one value that `bytes` are.
    package static func parse(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        var parser = JSONParser()
        try parser.skipByteOrderMark(bytes)
        let value = try parser.value(bytes)
        parser.skipWhitespace(bytes)
        guard parser.offset == bytes.count else { throw .unexpected(offset: parser.offset) }
        return value
    }

    private mutating func value(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        count += 1
        guard count <= Self.maximumValues else { throw .tooMany(maximum: Self.maximumValues) }
        skipWhitespace(bytes)
        switch try peek(bytes) {
        case UInt8(ascii: "{"): return try object(bytes)
        case UInt8(ascii: "["): return try array(bytes)
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "t"): return try word("true", meaning: .boolean(true), bytes)
        case UInt8(ascii: "f"): return try word("false", meaning: .boolean(false), bytes)
        case UInt8(ascii: "n"): return try word("null", meaning: .null, bytes)
        default: return .number(try number(bytes))
        }
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        try descend()
        offset += 1
        var members: [JSONMember] = []
        var names: Set<String> = []
        skipWhitespace(bytes)
        if try peek(bytes) != UInt8(ascii: "}") {
            while true {
                skipWhitespace(bytes)
                let start = offset
                guard try peek(bytes) == UInt8(ascii: "\"") else { throw .unexpected(offset: offset) }
                let string = try string(bytes)
                guard string.decodedCount <= Self.maximumNameLength else {
                    throw .longName(offset: start, maximum: Self.maximumNameLength)
                }
                let name = try string.text(in: bytes)
                guard names.insert(name).inserted else { throw .repeatedName(offset: start) }
                skipWhitespace(bytes)
                try expect(UInt8(ascii: ":"), bytes)
                members.append(JSONMember(name: name, value: try value(bytes)))
                skipWhitespace(bytes)
                guard try peek(bytes) == UInt8(ascii: ",") else { break }
                offset += 1
            }
        }
        try expect(UInt8(ascii: "}"), bytes)
        depth -= 1
        return .object(members)
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        try descend()
        offset += 1
        var elements: [JSONValue] = []
        skipWhitespace(bytes)
        if try peek(bytes) != UInt8(ascii: "]") {
            while true {
                elements.append(try value(bytes))
                skipWhitespace(bytes)
                guard try peek(bytes) == UInt8(ascii: ",") else { break }
                offset += 1
            }
        }
        try expect(UInt8(ascii: "]"), bytes)
        depth -= 1
        return .array(elements)
    }

    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> JSONString {
        offset += 1
        let start = offset
        var decodedCount = 0
        while true {
            switch try peek(bytes) {
            case UInt8(ascii: "\""):
                let range = start..<offset
                offset += 1
                return JSONString(range: range, decodedCount: decodedCount)
            case UInt8(ascii: "\\"):
                let (scalar, length) = try JSONString.escape(at: offset, in: bytes)
                decodedCount += UTF8.width(scalar)
                offset += length
            case 0..<0x20:
                throw .unexpected(offset: offset)
            case 0x20..<0x80:
                decodedCount += 1
                offset += 1
            default:
                let length = try sequenceLength(bytes)
                decodedCount += length
                offset += length
            }
        }
    }

    /// The length of the well-formed UTF-8 sequence at the offset (Unicode Standard, table 3-7).
    private func sequenceLength(_ bytes: Span<UInt8>) throws(JSONError) -> Int {
        let first = bytes[offset]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: throw .badEncoding(offset: offset)
            }
        guard offset + length <= bytes.count else { throw .badEncoding(offset: offset) }
        guard second.contains(bytes[offset + 1]) else { throw .badEncoding(offset: offset) }
        for index in 2..<max(2, length) where bytes[offset + index] & 0xC0 != 0x80 {
            throw .badEncoding(offset: offset)
        }
        return length
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> Range<Int> {
        let start = offset
        if try peek(bytes) == UInt8(ascii: "-") { offset += 1 }
        if try peek(bytes) == UInt8(ascii: "0") { offset += 1 } else { try digits(bytes) }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits(bytes)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if try peek(bytes) == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
            try digits(bytes)
        }
        return start..<offset
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(JSONError) {
        guard case UInt8(ascii: "0")...UInt8(ascii: "9") = try peek(bytes) else { throw .unexpected(offset: offset) }
        while offset < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[offset] { offset += 1 }
    }

    private mutating func word(
        _ word: StaticString, meaning: JSONValue, _ bytes: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            try expect(word.utf8Start[index], bytes)
        }
        return meaning
    }

    private mutating func expect(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) {
        guard try peek(bytes) == byte else { throw .unexpected(offset: offset) }
        offset += 1
    }

    private func peek(_ bytes: Span<UInt8>) throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw .endsEarly }
        return bytes[offset]
    }

    private mutating func descend() throws(JSONError) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw .tooDeep(maximum: Self.maximumDepth) }
    }

    /// Goes past the mark that some programs write before UTF-8 (RFC 8259, 8.1), and refuses other encodings.
    ///
    /// The first two characters of a JSON document are ASCII's, so that one of the first two bytes is zero only in
    /// UTF-16 and UTF-32 (RFC 4627, 3).
    private mutating func skipByteOrderMark(_ bytes: Span<UInt8>) throws(JSONError) {
        guard bytes.count >= 2 else { return }
        let (first, second) = (bytes[0], bytes[1])
        let isWide = first == 0 || second == 0 || first == 0xFE && second == 0xFF || first == 0xFF && second == 0xFE
        guard !isWide else { throw .wideEncoding }
        if bytes.count >= 3, first == 0xEF, second == 0xBB, bytes[2] == 0xBF { offset = 3 }
    }

    private mutating func skipWhitespace(_ bytes: Span<UInt8>) {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }
}
