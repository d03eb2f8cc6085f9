extension WebP {
    static let exifFlag: UInt8 = 0x08
    private static let xmpFlag: UInt8 = 0x04

    /// A file with its metadata in chunks behind the picture's, in the extended format, which says so in front.
    static func file(
        _ bytes: UnsafeBufferPointer<UInt8>, width: Int, height: Int, with metadata: borrowing PictureMetadata
    ) -> [UInt8] {
        let xmp = XMP(metadata.source)
        let exif = EXIF(metadata)
        var file: [UInt8] = []
        file.reserveCapacity(bytes.count + xmp.bytes.count + (exif?.byteCount ?? 0) + 256)
        file += bytes[..<12]
        let isExtended = bytes[12..<16].elementsEqual("VP8X".utf8)
        if !isExtended {
            appendHeader("VP8X", contentCount: 10, to: &file)
            file.appendLittleEndian(0, count: 4)
            file.appendLittleEndian(width - 1, count: 3)
            file.appendLittleEndian(height - 1, count: 3)
        }
        file += bytes[12...]
        file[20] |= xmpFlag | (exif == nil ? 0 : exifFlag)
        if let exif {
            appendHeader("EXIF", contentCount: exif.byteCount, to: &file)
            exif.append(metadata, to: &file)
            pad(&file)
        }
        appendHeader("XMP ", contentCount: xmp.bytes.count, to: &file)
        file += xmp.bytes
        pad(&file)
        file.setLittleEndian(file.count - 8, at: 4)
        return file
    }

    private static func appendHeader(_ type: String, contentCount: Int, to file: inout [UInt8]) {
        file += type.utf8
        file.appendLittleEndian(contentCount, count: 4)
    }

    /// Chunks begin at even offsets.
    private static func pad(_ file: inout [UInt8]) {
        if !file.count.isMultiple(of: 2) { file.append(0) }
    }
}
