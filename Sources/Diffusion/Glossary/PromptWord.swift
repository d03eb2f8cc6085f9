/// A word in a prompt: letters, marks and digits of one script; a single character where a script does not part words.
struct PromptWord: Sendable {
    /// How a script parts words.
    enum Script: Sendable {
        /// Latin and others with spaces between words.
        case alphabetic
        case arabic
        /// Chinese characters and kana, without spaces.
        case ideographic

        /// What is between the words of a phrase.
        var separator: String { self == .ideographic ? "" : " " }

        init(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: self = .arabic
            case 0x3005, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
                0xFF66...0xFF9F, 0x20000...0x3FFFF:
                self = .ideographic
            default: self = .alphabetic
            }
        }
    }

    /// Longer words are no words of any language; they are not read.
    private static let longest = 48

    /// Where it stands.
    let range: Range<Int>

    /// The word in small letters.
    let text: String

    let script: Script

    /// Whether it is a number, or a word that a prompt's syntax gives a meaning: it is of no language.
    func isSign(in scalars: [Unicode.Scalar]) -> Bool {
        let word = scalars[range]
        return word.allSatisfy { $0.properties.numericType != nil }
            || ["BREAK", "AND"].contains { word.elementsEqual($0.unicodeScalars) }
    }

    /// The words of a text, up to `limit` of them.
    static func words(in scalars: [Unicode.Scalar], limit: Int = .max) -> [PromptWord] {
        var words: [PromptWord] = []
        var position = 0
        while position < scalars.count, words.count < limit {
            let begin = position
            position += 1
            guard scalars[begin].isPartOfWord else { continue }
            let script = Script(scalars[begin])
            if script != .ideographic {
                while position < scalars.count, scalars[position].isPartOfWord,
                    scalars[position].isMark || Script(scalars[position]) == script
                {
                    position += 1
                }
            }
            guard position - begin <= longest else { continue }
            let text = String(String.UnicodeScalarView(scalars[begin..<position])).lowercased()
            words.append(PromptWord(range: begin..<position, text: text, script: script))
        }
        return words
    }
}

extension Unicode.Scalar {
    /// Whether words consist of it.
    var isPartOfWord: Bool {
        guard value >= 0x80 else { return ("a"..."z" ~= self) || ("A"..."Z" ~= self) || ("0"..."9" ~= self) }
        return properties.isAlphabetic || properties.numericType != nil || isMark
    }

    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: false
        }
    }
}
