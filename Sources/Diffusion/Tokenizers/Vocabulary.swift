/// The numbers of a tokenizer's tokens, by their UTF-8 bytes.
struct Vocabulary: Sendable {
    private var ids: [[UInt8]: Int32] = [:]

    /// The bytes of the longest token.
    private(set) var longest = 0

    /// The largest number of a token.
    private(set) var largest: Int32 = 0

    /// The largest number that a token may have: far more than any text encoder's.
    private static let limit = 1 << 24

    /// How many tokens there are.
    var count: Int { ids.count }

    /// Makes the vocabulary of a JSON object from tokens to numbers.
    init(_ json: TokenizerJSON?, file: String) throws(TokenizerError) {
        guard let members = json?.members else {
            throw .malformed(file: file, problem: "the vocabulary is not an object from tokens to numbers")
        }
        ids.reserveCapacity(members.count)
        for member in members {
            guard let id = member.value.integer, (0...Self.limit).contains(id) else {
                let token = String(member.key.prefix(100)).debugDescription
                throw .malformed(file: file, problem: "the token \(token) has no whole number from 0 to \(Self.limit)")
            }
            insert(member.key, Int32(id))
        }
    }

    /// Makes the vocabulary of a file with one token a line, numbered from 0.
    init(lines: [Substring], file: String) throws(TokenizerError) {
        guard lines.count <= Self.limit else { throw .malformed(file: file, problem: "it has too many lines") }
        ids.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            var token = line.unicodeScalars[...]
            while let last = token.last, last.properties.isWhitespace { token.removeLast() }
            insert(String(token), Int32(index))
        }
    }

    private mutating func insert(_ token: String, _ id: Int32) {
        let bytes = Array(token.utf8)
        longest = max(longest, bytes.count)
        largest = max(largest, id)
        ids[bytes] = id
    }

    /// A token's number.
    subscript(bytes: [UInt8]) -> Int32? { ids[bytes] }

    /// A token's number.
    subscript(token: String) -> Int32? { ids[Array(token.utf8)] }
}
