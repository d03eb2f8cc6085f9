/// File formats that people send as images and that are not read, told by how their files begin.
public enum ForeignFormat: String, CaseIterable, Sendable {
    case avif = "AVIF"
    case bmp = "BMP"
    case gif = "GIF"
    case heic = "HEIC"
    case icon = "Windows icon"
    case jpeg2000 = "JPEG 2000"
    case jpegXL = "JPEG XL"
    case openEXR = "OpenEXR"
    case pdf = "PDF"
    case photoshop = "Photoshop"
    case qoi = "QOI"
    case svg = "SVG"
    case tiff = "TIFF"

    /// The format that a file begins like, or nil.
    init?(signatureOf bytes: Span<UInt8>) {
        func begins(with signature: UInt8..., at offset: Int = 0) -> Bool {
            bytes.count >= offset + signature.count
                && signature.indices.allSatisfy { bytes[offset + $0] == signature[$0] }
        }
        if bytes.holds("GIF87a", at: 0) || bytes.holds("GIF89a", at: 0) {
            self = .gif
        } else if begins(with: 0x49, 0x49, 42, 0) || begins(with: 0x4D, 0x4D, 0, 42)
            || begins(with: 0x49, 0x49, 43, 0) || begins(with: 0x4D, 0x4D, 0, 43)
        {
            self = .tiff
        } else if bytes.holds("BM", at: 0), bytes.count >= 18, Self.bitmapHeaders.contains(bytes.littleEndian(at: 14)) {
            self = .bmp
        } else if bytes.holds("8BPS", at: 0) {
            self = .photoshop
        } else if bytes.holds("%PDF-", at: 0) {
            self = .pdf
        } else if bytes.holds("qoif", at: 0) {
            self = .qoi
        } else if begins(with: 0xFF, 0x0A) || Self.isSignatureBox("JXL ", bytes) {
            self = .jpegXL
        } else if begins(with: 0xFF, 0x4F, 0xFF, 0x51) || Self.isSignatureBox("jP  ", bytes) {
            self = .jpeg2000
        } else if begins(with: 0x76, 0x2F, 0x31, 0x01) {
            self = .openEXR
        } else if begins(with: 0, 0, 1, 0), bytes.count >= 22 {
            self = .icon
        } else if let format = Self.brand(bytes) {
            self = format
        } else if Self.isVectorGraphics(bytes) {
            self = .svg
        } else {
            return nil
        }
    }

    /// The lengths that the second header of a BMP file has.
    private static let bitmapHeaders: Set = [12, 16, 40, 52, 56, 64, 108, 124]

    /// Whether the file begins with a signature box of this type (ISO 15444-1, ISO 18181-2).
    private static func isSignatureBox(_ type: StaticString, _ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 12 && bytes.bigEndian(at: 0) == 12 && bytes.holds(type, at: 4)
            && bytes.bigEndian(at: 8) == 0x0D0A_870A
    }

    /// The format that the brands of a file in the ISO base media format name, the first of which counts most.
    private static func brand(_ bytes: Span<UInt8>) -> ForeignFormat? {
        guard bytes.count >= 16, bytes.holds("ftyp", at: 4) else { return nil }
        let end = min(bytes.bigEndian(at: 0), bytes.count, 256)
        var isOfHighEfficiency = false
        // Behind the first brand comes its version.
        for offset in [8] + Array(stride(from: 16, to: max(16, end - 3), by: 4)) {
            if ["avif", "avis"].contains(where: { bytes.holds($0, at: offset) }) { return .avif }
            if ["heic", "heix", "heim", "heis", "hevc", "hevx"].contains(where: { bytes.holds($0, at: offset) }) {
                return .heic
            }
            if bytes.holds("mif1", at: offset) || bytes.holds("msf1", at: offset) { isOfHighEfficiency = true }
        }
        return isOfHighEfficiency ? .heic : nil
    }

    /// Whether the file is text whose first element, after a declaration and comments, is `svg`.
    private static func isVectorGraphics(_ bytes: Span<UInt8>) -> Bool {
        var offset = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
        let end = min(bytes.count, 4_096)
        while offset < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
        if bytes.holds("<svg", at: offset) { return true }
        guard
            bytes.holds("<?xml", at: offset) || bytes.holds("<!--", at: offset) || bytes.holds("<!DOCTYPE", at: offset)
        else { return false }
        return (offset..<end).contains { bytes.holds("<svg", at: $0) }
    }
}

extension ImageFormat {
    /// The format of a file, which decides whatever its name or its media type say.
    static func identify(_ bytes: Span<UInt8>) throws(ImageError) -> ImageFormat {
        if let format = ImageFormat(signatureOf: bytes) { return format }
        throw ForeignFormat(signatureOf: bytes).map { .foreignFormat($0) } ?? .unknownFormat
    }
}
