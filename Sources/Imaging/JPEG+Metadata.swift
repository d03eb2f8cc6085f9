extension JPEG {
    /// A file with its metadata in segments behind the first one, which is JFIF's: the parameters as EXIF, and XMP.
    static func file(
        _ bytes: UnsafeBufferPointer<UInt8>, with metadata: borrowing PictureMetadata
    ) -> [UInt8] {
        let xmp = XMP(metadata.source)
        let exif = EXIF(metadata)
        var file: [UInt8] = []
        file.reserveCapacity(bytes.count + xmp.bytes.count + (exif?.byteCount ?? 0) + 256)
        let end = firstSegmentEnd(bytes)
        file += bytes[..<end]
        if let exif {
            appendHeader("Exif\0\0", contentCount: exif.byteCount, to: &file)
            exif.append(metadata, to: &file)
        }
        appendHeader("http://ns.adobe.com/xap/1.0/\0", contentCount: xmp.bytes.count, to: &file)
        file += xmp.bytes
        file += bytes[end...]
        return file
    }

    /// Where the APP0 segment ends, or the signature when the file has none.
    private static func firstSegmentEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard bytes.count >= 6, bytes[2] == 0xFF, bytes[3] == 0xE0 else { return 2 }
        return min(bytes.count, 4 + (Int(bytes[4]) << 8 | Int(bytes[5])))
    }

    /// Begins an APP1 segment; its length counts itself.
    private static func appendHeader(_ prefix: String, contentCount: Int, to file: inout [UInt8]) {
        file += [0xFF, 0xE1]
        file.appendBigEndian(2 + prefix.utf8.count + contentCount, count: 2)
        file += prefix.utf8
    }
}
