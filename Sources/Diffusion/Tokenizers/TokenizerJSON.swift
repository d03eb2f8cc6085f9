import NeuralNetwork

/// A JSON value of a tokenizer's files.
///
/// Objects keep their members in order and tell keys apart by their bytes: Swift's and Foundation's dictionaries
/// take "é" and "e\u{301}" for one key, a vocabulary does not.
enum TokenizerJSON: Sendable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([TokenizerJSON])
    case object([Member])

    struct Member: Sendable {
        let key: String
        let value: TokenizerJSON
    }

    /// Reads a whole text.
    init(_ bytes: [UInt8]) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        self = try Self.scan(&scanner, depth: 0)
        try scanner.expectEnd()
    }

    private static func scan(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> TokenizerJSON {
        guard depth < JSONScanner.maximumDepth else { throw scanner.error(.tooDeep) }
        switch scanner.peek() {
        case UInt8(ascii: "{"): return .object(try members(&scanner, depth: depth))
        case UInt8(ascii: "["):
            var elements: [TokenizerJSON] = []
            var isFirst = true
            try scanner.expect("[")
            while try scanner.nextElement(isFirst: &isFirst) {
                elements.append(try scan(&scanner, depth: depth + 1))
            }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try scanner.string())
        case UInt8(ascii: "t"):
            try scanner.expect(word: "true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try scanner.expect(word: "false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try scanner.expect(word: "null")
            return .null
        default: return .number(try scanner.number())
        }
    }

    private static func members(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> [Member] {
        var members: [Member] = []
        var seen: Set<[UInt8]> = []
        var isFirst = true
        try scanner.expect("{")
        while let key = try scanner.nextKey(isFirst: &isFirst) {
            guard seen.insert(Array(key.utf8)).inserted else { throw scanner.error(.duplicateKey(key)) }
            members.append(Member(key: key, value: try scan(&scanner, depth: depth + 1)))
        }
        return members
    }

    /// A member of an object; nil when there is none, or when this is no object.
    subscript(key: String) -> TokenizerJSON? {
        members?.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The members of an object.
    var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The elements of an array.
    var elements: [TokenizerJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The text of a string.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// True or false.
    var truth: Bool? {
        if case .boolean(let truth) = self { truth } else { nil }
    }

    /// A number that is whole.
    var integer: Int? {
        if case .number(let literal) = self { Int(literal) } else { nil }
    }

    /// Whether this is `null`.
    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// What this is, for an error: a string's text, or the kind of value.
    var summary: String {
        switch self {
        case .null: "null"
        case .boolean(let truth): "\(truth)"
        case .number(let literal): literal
        case .string(let text): text
        case .array: "an array"
        case .object: self["type"]?.text ?? "an object"
        }
    }
}
