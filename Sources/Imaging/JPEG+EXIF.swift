extension JPEG {
    /// Where the EXIF block stands, which is an APP1 segment before the pixels.
    static func exif(in bytes: Span<UInt8>) -> Range<Int>? {
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
            let marker = bytes[offset + 1]
            if marker == 0xFF {  // a fill byte before the marker
                offset += 1
                continue
            }
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            let end = offset + 2 + length
            guard marker != 0xDA, length >= 2, end <= bytes.count else { return nil }
            if marker == 0xE1, length >= 8, bytes.holds("Exif\0\0", at: offset + 4) { return offset + 10..<end }
            offset = end
        }
        return nil
    }
}
