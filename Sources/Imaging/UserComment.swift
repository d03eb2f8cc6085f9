import Privacy

/// The user comment of an EXIF block, where JPEG and WebP files have A1111's parameters.
enum UserComment {
    private static let exifDirectory: UInt16 = 0x8769
    private static let tag: UInt16 = 0x9286

    /// Reads the comment of a block, which is a TIFF file's beginning; nil where there is none that can be read.
    static func read(_ exif: Span<UInt8>) -> EmbeddedText? {
        guard exif.count >= 8, exif[0] == exif[1], exif[0] == 0x49 || exif[0] == 0x4D else { return nil }
        let isLittleEndian = exif[0] == 0x49
        func short(_ offset: Int) -> UInt16? {
            guard offset >= 0, offset + 2 <= exif.count else { return nil }
            let (first, second) = (UInt16(exif[offset]), UInt16(exif[offset + 1]))
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        func long(_ offset: Int) -> Int? {
            guard let first = short(offset), let second = short(offset + 2) else { return nil }
            return isLittleEndian ? Int(second) << 16 | Int(first) : Int(first) << 16 | Int(second)
        }
        /// Where a directory's entry for a tag stands.
        func entry(_ wanted: UInt16, in directory: Int) -> Int? {
            guard let count = short(directory) else { return nil }
            return (0..<Int(count)).lazy.map { directory + 2 + 12 * $0 }.first { short($0) == wanted }
        }
        guard short(2) == 42, let first = long(4), let pointer = entry(exifDirectory, in: first),
            let directory = long(pointer + 8), let comment = entry(tag, in: directory), let count = long(comment + 4),
            let start = long(comment + 8), count >= 8, start <= exif.count, count <= exif.count - start
        else { return nil }
        return text(exif.extracting(start..<start + count), isLittleEndian: isLittleEndian)
    }

    /// A code of eight characters, and the text in it.
    private static func text(_ comment: Span<UInt8>, isLittleEndian: Bool) -> EmbeddedText? {
        let content = comment.extracting(8..<comment.count)
        let text = comment.holds("UNICODE", at: 0) ? utf16(content, isLittleEndian) : utf8(content)
        guard let text else { return nil }
        return EmbeddedText(keyword: Prompt("exif comment"), text: text, isParameters: true)
    }

    /// Text in ASCII, or in UTF-8 as some programs have it, up to the zeros behind it.
    private static func utf8(_ bytes: Span<UInt8>) -> Prompt? {
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0 { end -= 1 }
        return Prompt(validating: bytes.extracting(0..<end))
    }

    /// UTF-16: A1111 writes the most significant byte first whatever the block's order, others follow the block. Where
    /// most letters are Latin, the bytes of zero tell.
    private static func utf16(_ bytes: Span<UInt8>, _ isLittleEndian: Bool) -> Prompt? {
        var zeros = (even: 0, odd: 0)
        for index in bytes.indices where bytes[index] == 0 {
            if index.isMultiple(of: 2) { zeros.even += 1 } else { zeros.odd += 1 }
        }
        let isSwapped = zeros.even == zeros.odd ? isLittleEndian : zeros.odd > zeros.even
        let units = (0..<bytes.count / 2).map { index in
            let (first, second) = (UInt16(bytes[2 * index]), UInt16(bytes[2 * index + 1]))
            return isSwapped ? second << 8 | first : first << 8 | second
        }
        return Prompt(String(decoding: units, as: UTF16.self))
    }
}
