/// The tokenizer of CLIP's text encoders, which Stable Diffusion 1, 2 and XL use.
///
/// A text is composed (NFC), its white space collapsed, and lowercased; cut into contractions, words, single digits
/// and rows of other characters; and each piece encoded with byte-pair encoding.
///
/// Source: `CLIPTokenizer` in transformers, `models/clip/tokenization_clip.py`, version 5.23.
public struct CLIPTokenizer: Tokenizer {
    /// How many tokens the text encoder takes, begin and end included.
    public let maximumLength: Int
    /// `<|startoftext|>`.
    public let beginToken: Int32
    /// `<|endoftext|>`.
    public let endToken: Int32
    /// `<|endoftext|>` for Stable Diffusion 1 and XL's first encoder, `!` for 2 and XL's second.
    public let paddingToken: Int32
    /// The largest number that a token has.
    public let largestToken: Int32

    private let encoding: BytePairEncoding
    private let added: AddedTokens

    private static let pattern =
        #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#

    /// Reads `vocab.json` and `merges.txt`, or `tokenizer.json`, and the settings beside them.
    public init(folder: String) throws(TokenizerError) { try self.init(TokenizerFolder(folder)) }

    init(_ files: TokenizerFolder) throws(TokenizerError) {
        try files.checkSides()
        let vocabulary: Vocabulary
        let merges: [(left: String, right: String)]
        let mergesFile: String
        if let pipeline = files.pipeline {
            mergesFile = files.file("tokenizer.json")
            try Self.check(pipeline, file: mergesFile)
            vocabulary = try Vocabulary(pipeline["model"]?["vocab"], file: mergesFile)
            merges = try Self.merges(pipeline["model"]?["merges"], file: mergesFile)
        } else {
            guard let json = try files.json("vocab.json"), let lines = try files.lines("merges.txt") else {
                throw .missingFile(folder: files.path, file: "vocab.json with merges.txt, nor a tokenizer.json")
            }
            mergesFile = files.file("merges.txt")
            vocabulary = try Vocabulary(json, file: files.file("vocab.json"))
            merges = try Self.merges(lines, file: mergesFile)
        }
        let special = try SpecialTokens(
            files,
            standard: [
                "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>",
                "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
            ], vocabulary: vocabulary)
        guard let unknown = special.content("unk_token").flatMap({ vocabulary[$0] }) else {
            throw .missingToken(folder: files.path, token: special.content("unk_token") ?? "unk_token")
        }
        maximumLength = try files.maximumLength(default: 77)
        beginToken = try special.id("bos_token")
        endToken = try special.id("eos_token")
        paddingToken = try special.id("pad_token")
        largestToken = max(vocabulary.largest, special.added.map(\.id).max() ?? 0)
        encoding = try BytePairEncoding(vocabulary: vocabulary, merges: merges, unknown: unknown, file: mergesFile)
        added = AddedTokens(special.added, normalize: Self.normalize)
    }

    /// The tokens of a text, without begin, end and padding, however many there are.
    public func tokens(of text: String) -> [Int32] {
        var tokens: [Int32] = []
        added.split(text, normalize: Self.normalize) { segment in
            switch segment {
            case .token(let id): tokens.append(id)
            case .text(let text): Self.split(text) { encoding.encode(Self.utf8($0), into: &tokens) }
            }
        }
        return tokens
    }

    private static func utf8(_ scalars: ArraySlice<Unicode.Scalar>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.count)
        for scalar in scalars { bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? []) }
        return bytes
    }

    /// NFC, every row of white space one space, lowercase.
    private static func normalize(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var afterSpace = false
        for scalar in UnicodeNormalization.composed(text) {
            let isSpace = scalar.properties.isWhitespace
            if isSpace {
                if !afterSpace { result.append(" ") }
            } else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
            afterSpace = isSpace
        }
        return result
    }

    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

    /// The special tokens in `pattern`, as the byte-level pre-tokenizer after it cuts them again.
    private static let brackets = ["startoftext", "endoftext"].map { name in
        ["<|", name, "|>"].map { Array($0.unicodeScalars) }
    }

    /// Cuts a normalized text as `pattern` does.
    private static func split(_ text: ArraySlice<Unicode.Scalar>, _ body: (ArraySlice<Unicode.Scalar>) -> Void) {
        var position = text.startIndex
        func take(_ length: Int) {
            body(text[position..<position + length])
            position += length
        }
        scan: while position < text.endIndex {
            let rest = text[position...]
            switch text[position] {
            case "<":
                for parts in brackets where rest.starts(with: parts.joined()) {
                    for part in parts { take(part.count) }
                    continue scan
                }
            case "'":
                for contraction in contractions where rest.starts(with: contraction) {
                    take(contraction.count)
                    continue scan
                }
            default: break
            }
            switch Kind(text[position]) {
            case .space: position += 1
            case .number: take(1)
            case let kind: take(rest.prefix { Kind($0) == kind }.count)
            }
        }
    }

    private enum Kind {
        case space, letter, number, other

        init(_ scalar: Unicode.Scalar) {
            self =
                scalar.isRegexLetter
                ? .letter : scalar.isRegexNumber ? .number : scalar.properties.isWhitespace ? .space : .other
        }
    }
}

// MARK: Reading the files

extension CLIPTokenizer {
    private static func merges(
        _ lines: [Substring], file: String
    ) throws(TokenizerError) -> [(left: String, right: String)] {
        var merges: [(left: String, right: String)] = []
        merges.reserveCapacity(lines.count)
        for (number, line) in lines.enumerated() where !line.hasPrefix("#version") {
            guard let pair = pair(line) else {
                throw .malformed(file: file, problem: "line \(number + 1) is not two tokens with a space between them")
            }
            merges.append(pair)
        }
        return merges
    }

    private static func merges(
        _ json: TokenizerJSON?, file: String
    ) throws(TokenizerError) -> [(left: String, right: String)] {
        guard let elements = json?.elements else {
            throw .malformed(file: file, problem: "the merges are not an array")
        }
        var merges: [(left: String, right: String)] = []
        merges.reserveCapacity(elements.count)
        for (number, element) in elements.enumerated() {
            if let text = element.text, let pair = pair(text[...]) {
                merges.append(pair)
            } else if let parts = element.elements, parts.count == 2, let left = parts[0].text,
                let right = parts[1].text
            {
                merges.append((left, right))
            } else {
                throw .malformed(file: file, problem: "merge number \(number) is not a pair of tokens")
            }
        }
        return merges
    }

    private static func pair(_ line: Substring) -> (left: String, right: String)? {
        let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    /// Refuses a `tokenizer.json` that asks for anything else than this type does.
    private static func check(_ pipeline: TokenizerJSON, file: String) throws(TokenizerError) {
        let check = TokenizerPipelineCheck(file: file)
        try check.type(of: pipeline["model"], "model", is: "BPE")
        for (key, standard) in [("dropout", "null"), ("fuse_unk", "false"), ("byte_fallback", "false")] {
            try check.value(pipeline["model"]?[key], key, is: [standard, "null"])
        }
        try check.value(pipeline["model"]?["ignore_merges"], "ignore_merges", is: ["false", "null"])
        try check.value(pipeline["model"]?["continuing_subword_prefix"], "continuing_subword_prefix", is: ["", "null"])
        try check.value(
            pipeline["model"]?["end_of_word_suffix"], "end_of_word_suffix", is: [BytePairEncoding.endOfWord])
        let normalizers = try check.sequence(
            pipeline["normalizer"], of: "normalizers", "normalizer", are: ["NFC", "Replace", "Lowercase"])
        try check.value(normalizers[1]["pattern"]?["Regex"], "pattern of the normalizer Replace", is: [#"\s+"#])
        try check.value(normalizers[1]["content"], "content of the normalizer Replace", is: [" "])
        let cutters = try check.sequence(
            pipeline["pre_tokenizer"], of: "pretokenizers", "pre-tokenizer", are: ["Split", "ByteLevel"])
        try check.value(cutters[0]["pattern"]?["Regex"], "pattern of the pre-tokenizer Split", is: [pattern])
        try check.value(cutters[0]["behavior"], "behavior of the pre-tokenizer Split", is: ["Removed"])
        try check.value(cutters[0]["invert"], "invert of the pre-tokenizer Split", is: ["true"])
        try check.value(cutters[1]["add_prefix_space"], "add_prefix_space of ByteLevel", is: ["false"])
        try check.value(cutters[1]["use_regex"], "use_regex of ByteLevel", is: ["true", "null"])
        try check.ends(pipeline["post_processor"])
    }
}
