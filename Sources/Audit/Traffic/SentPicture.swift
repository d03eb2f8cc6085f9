import Imaging

/// A picture of random pixels, and what it looks like wherever it is held.
struct SentPicture {
    let file: [UInt8]
    let patterns: [(CanaryForm, [UInt8])]

    /// Draws a picture.
    init(width: Int, height: Int, channels: Int) {
        let bytes = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255) }
        let pixels = PixelBuffer(width: width, height: height, channels: channels, bytes: bytes)
        file = (try? pixels.encoded(as: .png)) ?? []
        var patterns = Windows.spread(over: bytes).map { (CanaryForm.sentPixels, $0) }
        if channels == 4 {
            let mask = stride(from: 3, to: bytes.count, by: 4).map { 255 - bytes[$0] }
            patterns += Windows.spread(over: mask).map { (.sentPixels, $0) }
            patterns += Windows.spread(over: mask.map { Float($0) / 255 }).map { (.sentFloats, $0) }
        } else {
            patterns += Windows.spread(over: bytes.map { Float($0) / 255 }).map { (.sentFloats, $0) }
            patterns += Windows.spread(over: bytes.map { Float($0) / 255 * 2 - 1 }).map { (.sentFloats, $0) }
        }
        patterns += FilePatterns.all(of: file, .sentFile, .sentBase64)
        self.patterns = patterns
    }

    /// The file in Base64.
    var base64: String { Base64Text.encode(file) }
}

/// What a picture's file looks like, itself and in Base64.
enum FilePatterns {
    /// Windows of the file's middle; its beginning and end are much the same in every file.
    static func all(of file: [UInt8], _ plain: CanaryForm, _ encoded: CanaryForm) -> [(CanaryForm, [UInt8])] {
        guard file.count > 600 else { return [] }
        // Text in a file is what says how the picture came about, the same in every one.
        let windows = Windows.spread(over: Array(file[300..<file.count - 40])).filter { window in
            window.count { 0x20...0x7E ~= $0 } < window.count * 3 / 4
        }
        return windows.map { (plain, $0) } + windows.flatMap { Base64Windows.all(of: $0).map { (encoded, $0) } }
    }
}
