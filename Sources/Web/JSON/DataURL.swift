/// Tells pictures that are sent as text from addresses of pictures.
enum DataURL {
    /// The Base64 of a picture.
    struct Encoded: Equatable {
        /// Where it stands.
        let range: Range<Int>
        /// Whether it is part of an address.
        let isAddress: Bool
    }

    /// Where the Base64 stands in a text that is Base64 or a `data:` URL of it (RFC 2397); nil when the text is another
    /// address, or a `data:` URL in another encoding.
    ///
    /// The media type is not looked at, for the file tells what it is. Parameters come in any order, letters are large
    /// or small, and there may be spaces around each part.
    static func base64(in range: Range<Int>, of text: Span<UInt8>) -> Encoded? {
        guard let colon = first(UInt8(ascii: ":"), in: range.prefix(maximumHeader), of: text) else {
            return Encoded(range: range, isAddress: false)
        }
        guard holds("data", range.lowerBound..<colon, of: text),
            let comma = first(UInt8(ascii: ","), in: (colon..<range.upperBound).prefix(maximumHeader), of: text)
        else { return nil }
        var part = colon + 1
        while let end = first(UInt8(ascii: ";"), in: part..<comma, of: text) {
            part = end + 1
            let next = first(UInt8(ascii: ";"), in: part..<comma, of: text) ?? comma
            if holds("base64", part..<next, of: text) {
                return Encoded(range: comma + 1..<range.upperBound, isAddress: true)
            }
        }
        return nil
    }

    /// How many bytes are looked at for what stands before the data.
    private static let maximumHeader = 256

    private static func first(_ byte: UInt8, in range: Range<Int>, of text: Span<UInt8>) -> Int? {
        range.first { text[$0] == byte }
    }

    /// Whether a range holds a word, whose letters may be large, and nothing else but space around it.
    private static func holds(_ word: String, _ range: Range<Int>, of text: Span<UInt8>) -> Bool {
        var range = range
        func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
        while let first = range.first, isSpace(text[first]) { range = first + 1..<range.upperBound }
        while let last = range.last, isSpace(text[last]) { range = range.lowerBound..<last }
        return range.count == word.utf8.count && zip(range, word.utf8).allSatisfy { text[$0] | 0x20 == $1 | 0x20 }
    }
}
