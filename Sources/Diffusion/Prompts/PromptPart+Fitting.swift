extension [PromptPart] {
    /// The beginning of a prompt that a text encoder sees, where it has no room for all of it; nil where it sees all.
    ///
    /// It ends where the last token does that there is room for, which may be inside a word. Encoded by itself, it gives
    /// the same tokens.
    func fitting(_ tokenizer: any Tokenizer) -> [PromptPart]? {
        var room = tokenizer.maximumLength - 2
        for (index, part) in enumerated() {
            guard case .text(let text, let weight) = part else { continue }
            let count = tokenizer.tokens(of: text).count
            guard count > room else {
                room -= count
                continue
            }
            let beginning = Self.beginning(of: text, room: room, tokenizer)
            return (prefix(index) + [.text(beginning, weight: weight)]).trimmed()
        }
        return nil
    }

    /// The parts without white space and ends of chunks behind the last word.
    private consuming func trimmed() -> [PromptPart] {
        var parts = self
        while let last = parts.popLast() {
            guard case .text(let text, let weight) = last else { continue }
            let scalars = text.unicodeScalars
            guard let end = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { continue }
            parts.append(.text(String(scalars[...end]), weight: weight))
            break
        }
        return parts
    }

    /// As much of a text as has so many tokens.
    private static func beginning(of text: String, room: Int, _ tokenizer: any Tokenizer) -> String {
        let scalars = Array<Unicode.Scalar>(text.unicodeScalars)
        func string(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
        var (end, left, start) = (0, room, 0)
        while start < scalars.count {
            let word = scalars[start...].firstIndex { !$0.properties.isWhitespace } ?? scalars.count
            let next = scalars[word...].firstIndex { $0.properties.isWhitespace } ?? scalars.count
            let tokens = tokenizer.tokens(of: string(word..<next))
            guard tokens.count <= left else {
                return string(
                    0..<(pieceEnd(of: tokens.prefix(left), in: word..<next) { tokenizer.tokens(of: string($0)) } ?? end)
                )
            }
            (left, start) = (left - tokens.count, next)
            if !tokens.isEmpty { end = next }
        }
        return string(0..<end)
    }

    /// Where the text of a word's first tokens ends; nil where no part of the word has just these.
    private static func pieceEnd(
        of wanted: ArraySlice<Int32>, in word: Range<Int>, tokens: (Range<Int>) -> [Int32]
    ) -> Int? {
        guard !wanted.isEmpty else { return nil }
        // More letters are more tokens, but for words so long that they are unknown: the bounds narrow down to a place
        // near which the end is looked for.
        var (low, high) = (word.lowerBound, word.upperBound)
        while low + 1 < high {
            let middle = (low + high) / 2
            if tokens(word.lowerBound..<middle).count <= wanted.count { low = middle } else { high = middle }
        }
        return (Swift.max(word.lowerBound + 1, low - 32)..<low + 1).reversed()
            .first { tokens(word.lowerBound..<$0).elementsEqual(wanted) }
    }

    /// The prompt that gives these parts in one chunk, in the syntax that they were read in.
    func text(syntax: PromptSyntax) -> String {
        var result = ""
        for part in self {
            switch (part, syntax) {
            case (.text(let text, _), .plain): result += text
            case (.text(let text, let weight), .weighted):
                let escaped = text.reduce(into: "") { $0 += #"()[]\"#.contains($1) ? "\\\($1)" : "\($1)" }
                result += weight == 1 ? escaped : "(\(escaped):\(Self.digits(of: weight)))"
            // Where a prompt is cut off, there is one chunk.
            case (.chunkBreak, _): result += " "
            }
        }
        return result
    }

    /// A weight as a prompt may have it, without an exponent.
    private static func digits(of weight: Float) -> String {
        let exact = "\(weight)"
        return exact.contains("e") ? "\((weight * 1_000).rounded() / 1_000)" : exact
    }
}
