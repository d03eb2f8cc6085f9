extension PNG {
    /// Where chunks may stand: after the signature and the header.
    private static let headerEnd = 8 + 25

    /// A file with its metadata: XMP in the chunk that Adobe's specification names, and the parameters as A1111
    /// writes them, in a chunk of Latin-1 where that suffices.
    static func file(
        _ bytes: UnsafeBufferPointer<UInt8>, with metadata: borrowing PictureMetadata
    ) -> [UInt8] {
        let xmp = XMP(metadata.source)
        var file: [UInt8] = []
        // The parameters are not to lie in memory that growing leaves behind.
        file.reserveCapacity(bytes.count + xmp.bytes.count + 3 * metadata.parameterByteCount + 256)
        file += bytes[..<headerEnd]
        appendInternationalText("XML:com.adobe.xmp", to: &file) { $0 += xmp.bytes }
        if metadata.parameters != nil {
            var isLatin = true
            metadata.forEachParameterUnit(as: UTF32.self) { if $0 > 0xFF { isLatin = false } }
            if isLatin {
                appendChunk("tEXt", to: &file) { file in
                    file += Array("parameters\0".utf8)
                    metadata.forEachParameterUnit(as: UTF32.self) { file.append(UInt8($0)) }
                }
            } else {
                appendInternationalText("parameters", to: &file) { file in
                    metadata.forEachParameterUnit(as: UTF8.self) { file.append($0) }
                }
            }
        }
        file += bytes[headerEnd...]
        return file
    }

    /// Appends UTF-8 without compression and language.
    private static func appendInternationalText(
        _ keyword: String, to file: inout [UInt8], text: (inout [UInt8]) -> Void
    ) {
        appendChunk("iTXt", to: &file) { file in
            file += keyword.utf8
            file += [0, 0, 0, 0, 0]
            text(&file)
        }
    }

    private static func appendChunk(_ type: String, to file: inout [UInt8], content: (inout [UInt8]) -> Void) {
        let start = file.count
        file.appendBigEndian(0, count: 4)
        file += type.utf8
        content(&file)
        let length = file.count - start - 8
        for index in 0..<4 { file[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
        file.appendBigEndian(cyclicRedundancyCheck(file[(start + 4)...]), count: 4)
    }
}
