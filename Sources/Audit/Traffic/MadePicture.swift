import Imaging

/// Finds the picture in an answer, and what it looks like wherever it was held.
struct MadePicture {
    /// The pixels, `[height, width, 3]`.
    let pixels: [UInt8]
    let patterns: [(CanaryForm, [UInt8])]

    /// Reads the longest Base64 text of an answer as a picture; nil when there is none.
    init?(in body: [UInt8]) {
        var longest: ArraySlice<UInt8> = []
        for piece in body.split(whereSeparator: { !Self.isBase64($0) }) where piece.count > longest.count {
            longest = piece
        }
        guard longest.count > 400, let file = Base64Text.decode(longest), let picture = try? ImageDecoder.decode(file)
        else { return nil }
        pixels = picture.withUnsafeBytes { Array($0) }
        patterns =
            Windows.spread(over: pixels, different: 8).map { (.madePixels, $0) }
            + FilePatterns.all(of: file, .madeFile, .madeBase64)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
