import Foundation

/// Unicode's normal forms C and D, as the Rust library tokenizers computes them: with the tables of Unicode 9.
///
/// Characters that came later stay as they are and do not take part in the reordering of marks. Foundation's own
/// normal forms have newer tables, and take quadratic time for a long row of marks.
///
/// Source: Unicode Standard Annex 15; tables: the crate unicode-normalization-alignments.
enum UnicodeNormalization {
    /// Normal form D: decomposed, with marks in canonical order.
    static func decomposed(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            // Nothing below U+00C0 has a decomposition.
            if scalar.value < 0xC0 || !scalar.isInUnicode9 {
                result.append(scalar)
            } else {
                result.append(contentsOf: String(Character(scalar)).decomposedStringWithCanonicalMapping.unicodeScalars)
            }
        }
        reorderMarks(&result)
        return result
    }

    /// Normal form C: decomposed, then composed again where a composed character exists.
    static func composed(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        // Nothing below U+0300 is changed by normal form C.
        guard text.contains(where: { $0.value >= 0x300 }) else { return Array(text) }
        let decomposed = decomposed(text)
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(decomposed.count)
        var starter: Int?
        var lastClass: UInt8 = 0
        for scalar in decomposed {
            let combiningClass = scalar.combiningClass
            // A mark is blocked by one of its own or a higher class, and a starter by anything, in between.
            if let index = starter, index == result.count - 1 || (lastClass < combiningClass && lastClass > 0),
                let pair = compose(result[index], scalar)
            {
                result[index] = pair
                continue
            }
            if combiningClass == 0 { starter = result.count }
            lastClass = combiningClass
            result.append(scalar)
        }
        return result
    }

    private static func reorderMarks(_ text: inout [Unicode.Scalar]) {
        var index = 0
        while index < text.count {
            guard text[index].combiningClass > 0 else {
                index += 1
                continue
            }
            var marks: [(order: UInt8, position: Int, scalar: Unicode.Scalar)] = []
            let start = index
            while index < text.count, case let order = text[index].combiningClass, order > 0 {
                marks.append((order, index, text[index]))
                index += 1
            }
            guard marks.count > 1 else { continue }
            marks.sort { ($0.order, $0.position) < ($1.order, $1.position) }
            for (offset, mark) in marks.enumerated() { text[start + offset] = mark.scalar }
        }
    }

    /// The character that a pair composes to.
    private static func compose(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        // No second half of a composition lies below U+0300.
        guard second.value >= 0x300 else { return nil }
        // Foundation neither adds a trailing consonant to a syllable nor leaves old letters alone.
        if (0x1160..<0x1200).contains(second.value) { return composeHangul(first.value, second.value) }
        // Foundation misses some compositions whose first half is composed itself (U+0CCA with U+0CD5), and takes the
        // first half for another character beyond U+FFFF (U+1004B for "K"): so it gets parts, and is checked.
        var parts = String(Character(first)).decomposedStringWithCanonicalMapping.unicodeScalars
        parts.append(second)
        let composed = String(parts).precomposedStringWithCanonicalMapping
        guard let result = composed.unicodeScalars.first, composed.unicodeScalars.count == 1, result.isInUnicode9,
            composed.decomposedStringWithCanonicalMapping.unicodeScalars.elementsEqual(parts)
        else { return nil }
        return result
    }

    /// The Korean syllable of a leading consonant and a vowel, or of such a syllable and a trailing consonant.
    private static func composeHangul(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
        let (leading, vowel, trailing, syllable): (UInt32, UInt32, UInt32, UInt32) = (0x1100, 0x1161, 0x11A7, 0xAC00)
        if (leading..<leading + 19).contains(first), (vowel..<vowel + 21).contains(second) {
            return Unicode.Scalar(syllable + ((first - leading) * 21 + (second - vowel)) * 28)
        }
        if (syllable..<syllable + 11_172).contains(first), (first - syllable) % 28 == 0,
            (trailing + 1..<trailing + 28).contains(second)
        {
            return Unicode.Scalar(first + (second - trailing))
        }
        return nil
    }
}

extension Unicode.Scalar {
    private var major: Int { properties.age?.major ?? .max }

    fileprivate var isInUnicode9: Bool { major <= 9 }

    /// The canonical combining class in Unicode 9.
    fileprivate var combiningClass: UInt8 {
        guard value >= 0x300 else { return 0 }
        let combiningClass = properties.canonicalCombiningClass.rawValue
        return combiningClass == 0 || !isInUnicode9 ? 0 : combiningClass
    }

    /// Whether `\p{L}` matches in the regular expressions of tokenizers (Oniguruma, Unicode 16).
    var isRegexLetter: Bool {
        if value < 0x80 { return properties.isAlphabetic }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return major <= 16
        default: return false
        }
    }

    /// Whether `\p{N}` matches in the regular expressions of tokenizers (Oniguruma, Unicode 16).
    var isRegexNumber: Bool {
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: major <= 16
        default: false
        }
    }

    /// Whether the BERT normalizer of tokenizers drops this character as a control character.
    ///
    /// This and the next two follow the crate unicode_categories, which has the tables of Unicode 8; characters that
    /// have changed their category since are named one by one.
    var isBertControl: Bool {
        switch properties.generalCategory {
        case .control: self != "\t" && self != "\n" && self != "\r"
        case .format, .privateUse: major <= 8
        default: false
        }
    }

    /// Whether the BERT pre-tokenizer of tokenizers makes this character a word of its own.
    var isBertPunctuation: Bool {
        switch value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E, 0x166D, 0x111C9: return true
        default: break
        }
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return major <= 8
        default: return false
        }
    }

    /// Whether the BERT normalizer of tokenizers drops this character as an accent.
    var isBertAccent: Bool {
        switch value {
        case 0x1734, 0x1171E: true
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
        default: properties.generalCategory == .nonspacingMark && major <= 8
        }
    }
}
