/// The file formats that pictures come and go in.
public enum ImageFormat: String, CaseIterable, Sendable {
    /// Portable Network Graphics, lossless.
    case png
    /// JPEG, lossy and without opacity.
    case jpeg
    /// WebP, lossy here, with opacity.
    case webp

    /// The format's media type, as in a `Content-Type` field.
    public var mediaType: String { "image/\(rawValue)" }

    /// The usual ending of a file's name.
    public var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    /// The most pixels that a side of an image can have in a file that is written.
    public var maximumSide: Int {
        switch self {
        case .png: 1_000_000
        case .jpeg: 65_500
        case .webp: 16_383
        }
    }

    /// Whether its files can be transparent.
    public var hasOpacity: Bool { self != .jpeg }

    /// The name that people know.
    public var name: String {
        switch self {
        case .png: "PNG"
        case .jpeg: "JPEG"
        case .webp: "WebP"
        }
    }

    /// The format that a file begins like, or nil.
    public init?(signatureOf bytes: Span<UInt8>) {
        func holds(_ signature: [UInt8], at offset: Int) -> Bool {
            bytes.count >= offset + signature.count
                && signature.indices.allSatisfy { bytes[offset + $0] == signature[$0] }
        }
        if holds([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
            self = .png
        } else if holds([0xFF, 0xD8, 0xFF], at: 0) {
            self = .jpeg
        } else if holds(Array("RIFF".utf8), at: 0), holds(Array("WEBP".utf8), at: 8) {
            self = .webp
        } else {
            return nil
        }
    }
}
