/// A token that is taken out of a text as a whole, such as `<|endoftext|>` or `[MASK]`.
struct AddedToken: Sendable {
    var content: String
    /// Whether it counts only between characters that belong to no word.
    var isSingleWord = false
    /// Whether it takes the white space before it along.
    var stripsLeft = false
    /// Whether it takes the white space after it along.
    var stripsRight = false
    /// Whether it is looked for after the text has been normalized.
    var isNormalized = false
    var id: Int32 = 0
}

/// The added tokens of a tokenizer, and how a text is cut at them.
///
/// Source: `AddedVocabulary` in huggingface/tokenizers, `tokenizers/src/tokenizer/added_vocabulary.rs`.
struct AddedTokens: Sendable {
    /// A stretch of a text: a token that was added, or something in between.
    enum Segment {
        case token(Int32)
        case text(ArraySlice<Unicode.Scalar>)
    }

    private struct Pattern: Sendable {
        let scalars: [Unicode.Scalar]
        let token: AddedToken
    }

    /// Patterns by their first scalar, the longest first.
    private typealias Patterns = [Unicode.Scalar: [Pattern]]

    private let raw: Patterns
    private let normalized: Patterns

    /// Prepares the tokens.
    ///
    /// - Parameters:
    ///   - tokens: The tokens, with their numbers.
    ///   - normalize: What the tokenizer does to a text before it looks for normalized tokens.
    init(_ tokens: [AddedToken], normalize: (ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar]) {
        var raw: Patterns = [:]
        var normalized: Patterns = [:]
        for token in tokens {
            let scalars = Array(token.content.unicodeScalars)
            if token.isNormalized {
                let scalars = normalize(scalars[...])
                if let first = scalars.first {
                    normalized[first, default: []].append(Pattern(scalars: scalars, token: token))
                }
            } else if let first = scalars.first {
                raw[first, default: []].append(Pattern(scalars: scalars, token: token))
            }
        }
        func longestFirst(_ patterns: Patterns) -> Patterns {
            patterns.mapValues { $0.sorted { $0.scalars.count > $1.scalars.count } }
        }
        self.raw = longestFirst(raw)
        self.normalized = longestFirst(normalized)
    }

    /// Cuts a text: at the raw tokens, then, normalized, at the others.
    func split(
        _ text: String, normalize: (ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar], _ body: (Segment) -> Void
    ) {
        for segment in Self.split(Array(text.unicodeScalars)[...], at: raw) {
            switch segment {
            case .token: body(segment)
            case .text(let text):
                for segment in Self.split(normalize(text)[...], at: normalized) { body(segment) }
            }
        }
    }

    private static func split(_ text: ArraySlice<Unicode.Scalar>, at patterns: Patterns) -> [Segment] {
        guard !patterns.isEmpty else { return [.text(text)] }
        var segments: [Segment] = []
        var done = text.startIndex
        var position = text.startIndex
        while position < text.endIndex {
            guard let match = patterns[text[position]]?.first(where: { text[position...].starts(with: $0.scalars) })
            else {
                position += 1
                continue
            }
            var start = position
            var end = position + match.scalars.count
            position = end
            let token = match.token
            if token.isSingleWord {
                let touchesLeft = start > text.startIndex && text[start - 1].isWordCharacter
                let touchesRight = end < text.endIndex && text[end].isWordCharacter
                if touchesLeft || touchesRight { continue }
            }
            if token.stripsLeft {
                while start > done, text[start - 1].properties.isWhitespace { start -= 1 }
            }
            if token.stripsRight {
                while end < text.endIndex, text[end].properties.isWhitespace { end += 1 }
            }
            if done < start { segments.append(.text(text[done..<start])) }
            segments.append(.token(token.id))
            done = end
            position = max(position, end)
        }
        if done < text.endIndex { segments.append(.text(text[done...])) }
        return segments
    }
}

extension Unicode.Scalar {
    /// What `\w` means in Rust's regular expressions.
    fileprivate var isWordCharacter: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
        default: properties.isAlphabetic || properties.isJoinControl
        }
    }
}
