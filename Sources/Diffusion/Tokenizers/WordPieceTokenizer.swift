/// The tokenizer of BERT and its descendants.
///
/// A text is cleaned of control characters, ideographs are set apart, accents dropped and letters lowercased as the
/// settings say; words are cut at white space and punctuation, and each covered from the left with the longest
/// pieces that the vocabulary has.
///
/// Paper: Devlin et al., BERT, https://arxiv.org/abs/1810.04805. Source: `BertTokenizer` in transformers,
/// `models/bert/tokenization_bert.py`, version 5.23.
public struct WordPieceTokenizer: Tokenizer {
    /// How many tokens the text encoder takes, begin and end included.
    public let maximumLength: Int
    /// `[CLS]`.
    public let beginToken: Int32
    /// `[SEP]`.
    public let endToken: Int32
    /// `[PAD]`.
    public let paddingToken: Int32
    /// The largest number that a token has.
    public let largestToken: Int32

    private let vocabulary: Vocabulary
    private let unknownToken: Int32
    private let normalizer: BertNormalizer
    private let added: AddedTokens

    /// Words of more characters than this are unknown.
    private static let longestWord = 100

    /// What stands before a piece that does not begin a word.
    private static let continuation = "##"

    /// Reads `vocab.txt`, or `tokenizer.json`, and the settings beside it.
    public init(folder: String) throws(TokenizerError) { try self.init(TokenizerFolder(folder)) }

    init(_ files: TokenizerFolder) throws(TokenizerError) {
        try files.checkSides()
        let pipelineFile = files.file("tokenizer.json")
        if let pipeline = files.pipeline {
            try Self.check(pipeline, file: pipelineFile)
            vocabulary = try Vocabulary(pipeline["model"]?["vocab"], file: pipelineFile)
        } else if let lines = try files.lines("vocab.txt") {
            vocabulary = try Vocabulary(lines: lines, file: files.file("vocab.txt"))
        } else {
            throw .missingFile(folder: files.path, file: "vocab.txt, nor a tokenizer.json")
        }
        let special = try SpecialTokens(
            files,
            standard: [
                "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
                "mask_token": "[MASK]",
            ], vocabulary: vocabulary)
        guard let unknown = special.content("unk_token").flatMap({ [vocabulary] in vocabulary[$0] }) else {
            throw .missingToken(folder: files.path, token: special.content("unk_token") ?? "unk_token")
        }
        unknownToken = unknown
        maximumLength = try files.maximumLength(default: 512)
        beginToken = try special.id("cls_token")
        endToken = try special.id("sep_token")
        paddingToken = try special.id("pad_token")
        largestToken = max(vocabulary.largest, special.added.map(\.id).max() ?? 0)
        let normalizer = try BertNormalizer(files)
        added = AddedTokens(special.added, normalize: normalizer.normalize)
        self.normalizer = normalizer
    }

    /// The tokens of a text, without begin, end and padding, however many there are.
    public func tokens(of text: String) -> [Int32] {
        var tokens: [Int32] = []
        added.split(text, normalize: normalizer.normalize) { segment in
            switch segment {
            case .token(let id): tokens.append(id)
            case .text(let text): Self.split(text) { encode($0, into: &tokens) }
            }
        }
        return tokens
    }

    /// Cuts a normalized text at white space, which goes, and around punctuation.
    private static func split(_ text: ArraySlice<Unicode.Scalar>, _ body: (ArraySlice<Unicode.Scalar>) -> Void) {
        var start = text.startIndex
        for position in text.indices {
            let isSpace = text[position].properties.isWhitespace
            guard isSpace || text[position].isBertPunctuation else { continue }
            if start < position { body(text[start..<position]) }
            if !isSpace { body(text[position...position]) }
            start = position + 1
        }
        if start < text.endIndex { body(text[start...]) }
    }

    private func encode(_ word: ArraySlice<Unicode.Scalar>, into tokens: inout [Int32]) {
        guard word.count <= Self.longestWord else {
            tokens.append(unknownToken)
            return
        }
        let first = tokens.count
        var start = word.startIndex
        while start < word.endIndex {
            guard let piece = longestPiece(of: word[start...], isFirst: start == word.startIndex) else {
                tokens.removeSubrange(first...)
                tokens.append(unknownToken)
                return
            }
            tokens.append(piece.id)
            start += piece.length
        }
    }

    /// The longest piece that the vocabulary has at the front of `rest`.
    private func longestPiece(
        of rest: ArraySlice<Unicode.Scalar>, isFirst: Bool
    ) -> (id: Int32, length: Int)? {
        var bytes = isFirst ? [] : Array(Self.continuation.utf8)
        var ends: [Int] = []
        for scalar in rest {
            bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            guard bytes.count <= vocabulary.longest else { break }
            ends.append(bytes.count)
        }
        while let end = ends.popLast() {
            bytes.removeSubrange(end...)
            if let id = vocabulary[bytes] { return (id, ends.count + 1) }
        }
        return nil
    }

    /// Refuses a `tokenizer.json` that asks for anything else than this type does.
    private static func check(_ pipeline: TokenizerJSON, file: String) throws(TokenizerError) {
        let check = TokenizerPipelineCheck(file: file)
        let model = pipeline["model"]
        try check.type(of: model, "model", is: "WordPiece")
        try check.value(model?["continuing_subword_prefix"], "continuing_subword_prefix", is: [continuation, "null"])
        try check.value(
            model?["max_input_chars_per_word"], "max_input_chars_per_word", is: ["\(longestWord)", "null"])
        try check.type(of: pipeline["normalizer"], "normalizer", is: "BertNormalizer")
        try check.value(pipeline["normalizer"]?["clean_text"], "clean_text", is: ["true"])
        try check.type(of: pipeline["pre_tokenizer"], "pre-tokenizer", is: "BertPreTokenizer")
        try check.ends(pipeline["post_processor"])
    }
}
