extension WebP {
    /// Where the EXIF block stands, if there is one.
    static func exif(in bytes: Span<UInt8>) -> Range<Int>? {
        var offset = 12
        while offset + 8 <= bytes.count {
            let length = bytes.littleEndian(at: offset + 4)
            guard length <= bytes.count - offset - 8 else { return nil }
            if bytes.holds("EXIF", at: offset) {
                // Some writers keep the prefix that the block has in JPEG files.
                let prefix = bytes.holds("Exif\0\0", at: offset + 8) && length >= 6 ? 6 : 0
                return offset + 8 + prefix..<offset + 8 + length
            }
            offset += 8 + length + length & 1
        }
        return nil
    }
}
