public import Privacy

/// A text that an image file holds beside its pixels, with the keyword that says what it is.
///
/// It may be a prompt, so it is as secret as one.
public final class EmbeddedText: Sendable {
    /// The keyword, such as `parameters`, which A1111 writes.
    public let keyword: Prompt

    /// The text.
    public let text: Prompt

    /// Whether it says how the image was made, in A1111's form: a PNG file's `parameters`, or the user comment of EXIF.
    public let isParameters: Bool

    init(keyword: consuming Prompt, text: consuming Prompt, isParameters: Bool) {
        self.keyword = keyword
        self.text = text
        self.isParameters = isParameters
    }

    /// The texts of a PNG, JPEG or WebP file in their order, those of one keyword once; none of a file of another kind or
    /// where they are damaged.
    public static func all(of file: Span<UInt8>) -> [EmbeddedText] {
        switch ImageFormat(signatureOf: file) {
        case .png: PNG.texts(of: file)
        case .jpeg: JPEG.exif(in: file).flatMap { UserComment.read(file.extracting($0)) }.map { [$0] } ?? []
        case .webp: WebP.exif(in: file).flatMap { UserComment.read(file.extracting($0)) }.map { [$0] } ?? []
        default: []
        }
    }
}
