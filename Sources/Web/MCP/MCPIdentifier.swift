/// A client's name for one of its requests, or for the progress of one: a text or a whole number, kept as it was written.
package struct MCPIdentifier: Hashable, Sendable {
    /// The most bytes that a name may have.
    static let maximumBytes = 512

    /// The name as JSON.
    package let json: String

    /// Takes a name out of a document; nil when the value is none.
    init?(_ value: JSONValue, in bytes: Span<UInt8>) {
        let range: Range<Int>
        switch value {
        case .number(let digits) where digits.allSatisfy { Self.isWhole(bytes[$0]) }: range = digits
        // With its quotation marks, and with escapes as they are.
        case .string(let string): range = string.range.lowerBound - 1..<string.range.upperBound + 1
        default: return nil
        }
        guard range.count <= Self.maximumBytes else { return nil }
        json = String(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }

    private static func isWhole(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
