/// Reads JSON (RFC 8259) from front to back, strictly, handing out one token at a time.
///
/// Made for files that come from strangers: every string must be valid UTF-8, nesting is bounded, and the caller
/// sees every key of an object, so that it can refuse one that comes twice (Foundation keeps one of them silently).
package struct JSONScanner {
    private let bytes: [UInt8]

    /// The position of the next unread byte.
    package private(set) var offset = 0

    /// How deep `skipValue` follows nested arrays and objects.
    package static let maximumDepth = 64

    /// Starts at the front of `bytes`.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next byte that is not white space, unread; nil at the end.
    package mutating func peek() -> UInt8? {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Reads `character` if it comes next, and says whether it did.
    package mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek(), UInt32(byte) == character.value else { return false }
        offset += 1
        return true
    }

    /// Reads `character`, which must come next.
    package mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
        guard accept(character) else { throw error(.expected("'\(character)'")) }
    }

    /// Whether `text` comes next.
    func hasNext(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        return offset + length <= bytes.count
            && UnsafeBufferPointer(start: text.utf8Start, count: length).elementsEqual(bytes[offset..<offset + length])
    }

    /// Reads `text` (a word such as `true`), which must come next.
    package mutating func expect(word text: StaticString) throws(JSONError) {
        _ = peek()
        guard hasNext(text) else { throw error(.expected("a value")) }
        offset += text.utf8CodeUnitCount
    }

    /// Checks that nothing but white space is left.
    package mutating func expectEnd() throws(JSONError) {
        guard peek() == nil else { throw error(.expected("the end")) }
    }

    /// Reads the key of the next member and the colon after it; nil, with the brace read, at the object's end.
    ///
    /// Call it first right after the opening brace, with `isFirst` true; it sets that to false.
    package mutating func nextKey(isFirst: inout Bool) throws(JSONError) -> String? {
        if accept("}") { return nil }
        if !isFirst { try expect(",") }
        isFirst = false
        let key = try string()
        try expect(":")
        return key
    }

    /// Says whether an array has another element, reading the comma before it or the bracket at the end.
    ///
    /// Call it first right after the opening bracket, with `isFirst` true; it sets that to false.
    package mutating func nextElement(isFirst: inout Bool) throws(JSONError) -> Bool {
        if accept("]") {
            return false
        }
        if !isFirst { try expect(",") }
        isFirst = false
        return true
    }

    /// Reads a string.
    package mutating func string() throws(JSONError) -> String {
        guard accept("\"") else { throw error(.expected("a string")) }
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
            guard bytes[offset] >= 0x20 else { throw error(.controlCharacter) }
            offset += 1
        }
        guard offset < bytes.count else { throw error(.expected("the end of a string")) }
        if bytes[offset] == UInt8(ascii: "\"") {
            defer { offset += 1 }
            return try text(bytes[start..<offset], at: start)
        }
        return try stringWithEscapes(from: start)
    }

    private func text(_ slice: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONError(offset: start, problem: .invalidUTF8)
        }
        return text
    }

    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return try text(unescaped[...], at: start)
            case UInt8(ascii: "\\"):
                offset += 1
                unescaped.append(contentsOf: Array(String(Character(try escape())).utf8))
            case ..<0x20:
                throw error(.controlCharacter)
            default:
                unescaped.append(byte)
                offset += 1
            }
        }
        throw error(.expected("the end of a string"))
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard offset < bytes.count else { throw error(.expected("an escape")) }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try hexadecimal()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard first < 0xDC00, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                bytes[offset + 1] == UInt8(ascii: "u")
            else { throw error(.expected("a pair of surrogates")) }
            offset += 2
            let second = try hexadecimal()
            guard second >= 0xDC00, second < 0xE000,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { throw error(.expected("a pair of surrogates")) }
            return scalar
        default:
            offset -= 1
            throw error(.expected("an escape"))
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard offset < bytes.count, let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
                throw error(.expected("four hexadecimal digits"))
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }

    /// Reads a whole number that is not negative.
    package mutating func unsignedInteger() throws(JSONError) -> Int {
        _ = peek()
        let start = offset
        let literal = try number()
        guard literal.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int(literal) else {
            throw JSONError(offset: start, problem: .expected("a whole number from 0 to \(Int.max)"))
        }
        return value
    }

    /// Reads a number and gives its spelling.
    package mutating func number() throws(JSONError) -> String {
        _ = peek()
        let start = offset
        if next(is: "-") { offset += 1 }
        if next(is: "0") { offset += 1 } else { try digits() }
        if next(is: ".") {
            offset += 1
            try digits()
        }
        if next(is: "e") || next(is: "E") {
            offset += 1
            if next(is: "+") || next(is: "-") { offset += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private func next(is character: Unicode.Scalar) -> Bool {
        offset < bytes.count && UInt32(bytes[offset]) == character.value
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39 { offset += 1 }
        guard offset > start else { throw error(.expected("a digit")) }
    }

    /// Reads a value of any kind and forgets it.
    package mutating func skipValue(depth: Int = 0) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        var isFirst = true
        switch peek() {
        case UInt8(ascii: "{"):
            try expect("{")
            while try nextKey(isFirst: &isFirst) != nil { try skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try expect("[")
            while try nextElement(isFirst: &isFirst) { try skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try expect(word: "true")
        case UInt8(ascii: "f"): try expect(word: "false")
        case UInt8(ascii: "n"): try expect(word: "null")
        default: _ = try number()
        }
    }

    /// An error at the present position.
    package func error(_ problem: JSONError.Problem) -> JSONError { JSONError(offset: offset, problem: problem) }
}

/// What is wrong with a JSON text, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What can be wrong.
    package enum Problem: Equatable, Sendable {
        /// Something else than this was found.
        case expected(String)
        /// A string holds bytes that are not UTF-8.
        case invalidUTF8
        /// A string holds a control character that is not escaped.
        case controlCharacter
        /// An object has the key twice.
        case duplicateKey(String)
        /// Arrays and objects are nested too deeply.
        case tooDeep
    }

    /// The position of the offending byte.
    package let offset: Int

    /// What is wrong there.
    package let problem: Problem

    /// Describes the problem and the byte where it was met.
    package init(offset: Int, problem: Problem) {
        self.offset = offset
        self.problem = problem
    }

    /// Half a sentence: what was expected, and at which byte.
    package var description: String {
        switch problem {
        case .expected(let what): "expected \(what) at byte \(offset)"
        case .invalidUTF8: "the string at byte \(offset) is not UTF-8"
        case .controlCharacter: "an unescaped control character stands in a string at byte \(offset)"
        case .duplicateKey(let key): "the key \(key.debugDescription) comes twice, again before byte \(offset)"
        case .tooDeep: "more than \(JSONScanner.maximumDepth) nested arrays and objects at byte \(offset)"
        }
    }
}
