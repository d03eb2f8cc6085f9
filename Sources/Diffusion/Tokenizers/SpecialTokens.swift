/// The special tokens of a tokenizer's folder: which there are, what they are for, and how they are found in a text.
///
/// Source: `PreTrainedTokenizerBase._from_pretrained` and `TokenizersBackend` in transformers.
struct SpecialTokens: Sendable {
    /// The purposes, in the order in which transformers adds their tokens.
    private static let purposes = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    /// The most tokens that may be added: each is looked for among all others.
    private static let limit = 10_000

    /// All added tokens, with their numbers.
    private(set) var added: [AddedToken] = []

    private var named: [String: String] = [:]
    private let folder: String

    /// Collects the special tokens.
    ///
    /// - Parameters:
    ///   - files: The tokenizer's files.
    ///   - standard: The tokens that the tokenizer's class has where the files name none, by purpose.
    ///   - vocabulary: The vocabulary, which numbers the tokens it has; others are numbered after it.
    init(
        _ files: TokenizerFolder, standard: [String: String], vocabulary: Vocabulary
    ) throws(TokenizerError) {
        folder = files.path
        let source = try Source(files)
        guard source.listed.count + source.extra.count <= Self.limit else {
            throw .malformed(
                file: files.file("tokenizer_config.json"), problem: "more than \(Self.limit) tokens are added")
        }
        for token in source.listed { insert(token, vocabulary) }
        for purpose in Self.purposes {
            guard let token = source.named[purpose] ?? standard[purpose].map({ AddedToken(content: $0) }) else {
                continue
            }
            named[purpose] = token.content
            insert(token, vocabulary)
        }
        for token in source.extra { insert(token, vocabulary) }
    }

    /// The number of the token that serves a purpose.
    func id(_ purpose: String) throws(TokenizerError) -> Int32 {
        guard let content = named[purpose], let token = added.first(where: { $0.content.isSame(as: content) }) else {
            throw .missingToken(folder: folder, token: purpose)
        }
        return token.id
    }

    /// The text of the token that serves a purpose.
    func content(_ purpose: String) -> String? { named[purpose] }

    /// Adds a token, or gives one that is there new properties.
    private mutating func insert(_ token: AddedToken, _ vocabulary: Vocabulary) {
        guard !token.content.isEmpty else { return }
        var token = token
        if let index = added.firstIndex(where: { $0.content.isSame(as: token.content) }) {
            token.id = added[index].id
            added[index] = token
        } else {
            let next = max(Int32(clamping: vocabulary.count), (added.map(\.id).max() ?? -1) + 1)
            token.id = vocabulary[token.content] ?? next
            added.append(token)
        }
    }

    /// What the files say.
    private struct Source {
        /// Tokens that are listed with numbers, in the order of these.
        var listed: [AddedToken] = []
        var named: [String: AddedToken] = [:]
        var extra: [AddedToken] = []

        init(_ files: TokenizerFolder) throws(TokenizerError) {
            let file = files.file("tokenizer_config.json")
            if let decoder = files.configuration?["added_tokens_decoder"] {
                guard let members = decoder.members else {
                    throw .malformed(file: file, problem: "added_tokens_decoder is not an object")
                }
                var numbered: [(Int, AddedToken)] = []
                for member in members {
                    guard let id = Int(member.key) else {
                        throw .malformed(
                            file: file, problem: "\(member.key.debugDescription) in added_tokens_decoder is no number")
                    }
                    numbered.append((id, try AddedToken(member.value, file: file)))
                }
                listed = numbered.sorted { $0.0 < $1.0 }.map(\.1)
                try read(files.configuration, file: file)
            } else {
                try read(files.configuration, file: file)
                let name = "special_tokens_map.json"
                try read(try files.json(name), file: files.file(name), isSpecial: true)
                try readAddedTokens(files)
            }
            for (purpose, token) in named {
                if let other = listed.last(where: { $0.content.isSame(as: token.content) }) { named[purpose] = other }
            }
        }

        private mutating func read(
            _ json: TokenizerJSON?, file: String, isSpecial: Bool = false
        ) throws(TokenizerError) {
            for purpose in SpecialTokens.purposes {
                guard let value = json?[purpose], !value.isNull else { continue }
                named[purpose] = try AddedToken(value, file: file, isSpecial: isSpecial)
            }
            for key in ["extra_special_tokens", "additional_special_tokens"] {
                for value in json?[key]?.elements ?? [] {
                    extra.append(try AddedToken(value, file: file, isSpecial: isSpecial))
                }
            }
        }

        /// Reads the tokens that `added_tokens.json` and `tokenizer.json` list.
        private mutating func readAddedTokens(_ files: TokenizerFolder) throws(TokenizerError) {
            var numbered: [Int: AddedToken] = [:]
            let special = named.values.map(\.content) + extra.map(\.content)
            for member in try files.json("added_tokens.json")?.members ?? [] {
                guard let id = member.value.integer else {
                    throw .malformed(
                        file: files.file("added_tokens.json"),
                        problem: "the token \(member.key.debugDescription) has no whole number")
                }
                let isSpecial = special.contains { $0.isSame(as: member.key) }
                numbered[id] = AddedToken(content: member.key, isNormalized: !isSpecial)
            }
            let file = files.file("tokenizer.json")
            for value in files.pipeline?["added_tokens"]?.elements ?? [] {
                guard let id = value["id"]?.integer else {
                    throw .malformed(file: file, problem: "an added token has no whole number")
                }
                numbered[id] = try AddedToken(value, file: file)
            }
            listed = numbered.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}

extension AddedToken {
    /// Reads a token that is written as its text, or as an object with `content` and properties.
    fileprivate init(_ json: TokenizerJSON, file: String, isSpecial: Bool = false) throws(TokenizerError) {
        if let text = json.text {
            self.init(content: text)
            return
        }
        guard let content = json["content"]?.text else {
            throw .malformed(file: file, problem: "a special token is neither a string nor an object with content")
        }
        func flag(_ name: String, _ standard: Bool) throws(TokenizerError) -> Bool {
            guard let value = json[name] else { return standard }
            guard let truth = value.truth else {
                throw .malformed(file: file, problem: "\(name) of a special token is neither true nor false")
            }
            return truth
        }
        let special = isSpecial ? true : try flag("special", false)
        self.init(
            content: content, isSingleWord: try flag("single_word", false), stripsLeft: try flag("lstrip", false),
            stripsRight: try flag("rstrip", false), isNormalized: try flag("normalized", !special))
    }
}

extension String {
    /// Whether two texts are the same bytes; Swift's `==` takes "é" and "e\u{301}" for the same.
    fileprivate func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
