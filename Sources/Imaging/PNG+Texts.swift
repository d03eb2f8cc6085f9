import Privacy

extension PNG {
    /// The texts of the chunks tEXt, in Latin-1, and iTXt, in UTF-8, where they are not compressed.
    static func texts(of file: Span<UInt8>) -> [EmbeddedText] {
        var texts: [EmbeddedText] = []
        var offset = 8
        while offset + 12 <= file.count {
            let length = file.bigEndian(at: offset)
            guard length <= file.count - offset - 12 else { break }
            let content = offset + 8..<offset + 8 + length
            let text: EmbeddedText? =
                if file.holds("tEXt", at: offset + 4) {
                    latinText(file.extracting(content))
                } else if file.holds("iTXt", at: offset + 4) {
                    internationalText(file.extracting(content))
                } else {
                    nil
                }
            if let text, texts.count < mostTexts { texts.append(text) }
            if file.holds("IEND", at: offset + 4) { break }
            offset += 12 + length
        }
        return texts
    }

    /// More texts than any writer has are not worth their memory.
    private static let mostTexts = 64

    private static func latinText(_ chunk: Span<UInt8>) -> EmbeddedText? {
        guard let end = firstZero(in: chunk, from: 0) else { return nil }
        return text(keyword: latin(chunk.extracting(0..<end)), latin(chunk.extracting(end + 1..<chunk.count)))
    }

    /// A keyword, whether it is compressed and how, a language, the keyword in that, and the text.
    private static func internationalText(_ chunk: Span<UInt8>) -> EmbeddedText? {
        guard let end = firstZero(in: chunk, from: 0), end + 3 <= chunk.count, chunk[end + 1] == 0,
            let language = firstZero(in: chunk, from: end + 3),
            let translated = firstZero(in: chunk, from: language + 1)
        else { return nil }
        return text(
            keyword: latin(chunk.extracting(0..<end)),
            Prompt(validating: chunk.extracting(translated + 1..<chunk.count)))
    }

    private static func text(keyword: consuming Prompt?, _ text: consuming Prompt?) -> EmbeddedText? {
        guard let keyword, let text else { return nil }
        let isParameters = keyword.withText { $0 == "parameters" }
        return EmbeddedText(keyword: keyword, text: text, isParameters: isParameters)
    }

    private static func firstZero(in bytes: Span<UInt8>, from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        return (start..<bytes.count).first { bytes[$0] == 0 }
    }

    /// Latin-1 as text.
    private static func latin(_ bytes: Span<UInt8>) -> Prompt? {
        var count = 0
        for index in bytes.indices { count += bytes[index] < 0x80 ? 1 : 2 }
        var utf8 = SecretBytes(count: count)
        utf8.withMutableBytes { target in
            var offset = 0
            for index in bytes.indices {
                let byte = bytes[index]
                if byte < 0x80 {
                    target[offset] = byte
                } else {
                    target[offset] = 0xC0 | byte >> 6
                    offset += 1
                    target[offset] = 0x80 | byte & 0x3F
                }
                offset += 1
            }
        }
        return utf8.withBytes { Prompt(validating: $0) }
    }
}
