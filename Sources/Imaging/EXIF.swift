/// An EXIF block whose only tag is a user comment: the parameters, as A1111 writes them into JPEG and WebP files.
///
/// The comment is UTF-16 behind the code `UNICODE`; A1111's reader, piexif, expects the most significant byte first.
struct EXIF {
    /// The most bytes that the block can have in a JPEG segment, whose length of two bytes counts itself and a prefix.
    static let maximumSegmentBytes = 65_535 - 2 - 6

    private static let commentOffset = 44
    private static let code: [UInt8] = Array("UNICODE\0".utf8)

    /// The comment's UTF-16 code units.
    private let unitCount: Int

    /// Measures the block for a picture's parameters; nil without any.
    init?(_ metadata: borrowing PictureMetadata) {
        guard metadata.parameters != nil else { return nil }
        var count = 0
        metadata.forEachParameterUnit(as: UTF16.self) { _ in count += 1 }
        unitCount = count
    }

    /// The block's bytes.
    var byteCount: Int { Self.commentOffset + Self.code.count + 2 * unitCount }

    /// Appends the block: a TIFF header, a directory that points to the EXIF directory, and that with its comment.
    func append(_ metadata: borrowing PictureMetadata, to file: inout [UInt8]) {
        file += Array("MM".utf8)
        file.appendBigEndian(42, count: 2)
        file.appendBigEndian(8, count: 4)
        appendDirectory(tag: 0x8769, type: 4, count: 1, value: 26, to: &file)
        appendDirectory(
            tag: 0x9286, type: 7, count: Self.code.count + 2 * unitCount, value: Self.commentOffset, to: &file)
        file += Self.code
        metadata.forEachParameterUnit(as: UTF16.self) { file.appendBigEndian(Int($0), count: 2) }
    }

    /// Appends a directory of one entry, which takes 18 bytes.
    private func appendDirectory(tag: Int, type: Int, count: Int, value: Int, to file: inout [UInt8]) {
        file.appendBigEndian(1, count: 2)
        file.appendBigEndian(tag, count: 2)
        file.appendBigEndian(type, count: 2)
        file.appendBigEndian(count, count: 4)
        file.appendBigEndian(value, count: 4)
        file.appendBigEndian(0, count: 4)
    }
}
