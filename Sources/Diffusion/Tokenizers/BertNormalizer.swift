/// What BERT does to a text before it is cut into words.
///
/// Source: `BertNormalizer` in huggingface/tokenizers, `tokenizers/src/normalizers/bert.rs`.
struct BertNormalizer: Sendable {
    /// Whether letters become small.
    let lowercases: Bool
    /// Whether accents go.
    let stripsAccents: Bool
    /// Whether every ideograph becomes a word.
    let separatesIdeographs: Bool

    /// Reads the settings.
    ///
    /// transformers takes them from `tokenizer_config.json` when the tokenizer's class is known to be BERT's, and
    /// from `tokenizer.json` otherwise.
    init(_ files: TokenizerFolder) throws(TokenizerError) {
        let lowercases: Bool
        let stripsAccents: Bool?
        if try files.className() == nil, let normalizer = files.pipeline?["normalizer"] {
            lowercases = normalizer["lowercase"]?.truth ?? true
            stripsAccents = normalizer["strip_accents"]?.truth
            separatesIdeographs = normalizer["handle_chinese_chars"]?.truth ?? true
        } else {
            lowercases = try files.option("do_lower_case") ?? true
            stripsAccents = try files.option("strip_accents")
            separatesIdeographs = try files.option("tokenize_chinese_chars") ?? true
        }
        self.lowercases = lowercases
        self.stripsAccents = stripsAccents ?? lowercases
    }

    /// The text as it is cut into words.
    func normalize(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            if scalar.value == 0 || scalar.value == 0xFFFD || scalar.isBertControl { continue }
            if scalar.properties.isWhitespace {
                result.append(" ")
            } else if separatesIdeographs && Self.isIdeograph(scalar) {
                result.append(" ")
                result.append(scalar)
                result.append(" ")
            } else {
                result.append(scalar)
            }
        }
        if stripsAccents {
            result = UnicodeNormalization.decomposed(result[...])
            result.removeAll(where: \.isBertAccent)
        }
        return lowercases ? result.flatMap(\.properties.lowercaseMapping.unicodeScalars) : result
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // The reference leaves out U+2B820 to U+2B91F.
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
