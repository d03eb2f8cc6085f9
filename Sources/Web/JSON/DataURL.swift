/// Tells pictures that are sent as text from addresses of pictures.
enum DataURL {
    /// Where the Base64 stands in a text that is Base64 or a `data:` URL of it (RFC 2397); nil when the text is another
    /// address, or a `data:` URL in another encoding.
    static func base64(in range: Range<Int>, of text: Span<UInt8>) -> Range<Int>? {
        guard let colon = first(UInt8(ascii: ":"), in: range.prefix(maximumHeader), of: text) else { return range }
        guard holds("data", range.lowerBound..<colon, of: text),
            let comma = first(UInt8(ascii: ","), in: (colon..<range.upperBound).prefix(maximumHeader), of: text),
            comma - colon > 7, holds(";base64", comma - 7..<comma, of: text)
        else { return nil }
        return comma + 1..<range.upperBound
    }

    /// How many bytes are looked at for what stands before the data.
    private static let maximumHeader = 256

    private static func first(_ byte: UInt8, in range: Range<Int>, of text: Span<UInt8>) -> Int? {
        range.first { text[$0] == byte }
    }

    /// Whether a range holds a word, whose letters may be large.
    private static func holds(_ word: String, _ range: Range<Int>, of text: Span<UInt8>) -> Bool {
        range.count == word.utf8.count && zip(range, word.utf8).allSatisfy { text[$0] | 0x20 == $1 | 0x20 }
    }
}
