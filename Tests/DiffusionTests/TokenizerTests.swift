import Diffusion
import Foundation
import TestSupport
import Testing

@Suite("Tokenizers")
struct TokenizerTests {
    static let names = [
        "bert", "bert-accents", "bert-cased", "bert-json", "clip", "clip-2", "clip-json", "clip-json-old",
    ]

    // MARK: The same tokens as transformers

    @Test("every text becomes the tokens that transformers makes of it", arguments: names)
    func encodesTexts(name: String) throws {
        let (tokenizer, expected) = try Self.load(name)
        let texts = try Texts.load()
        try #require(texts.texts.count > 400 && texts.texts.count == expected.ids.count)
        for (text, ids) in zip(texts.texts, expected.ids) {
            #expect(tokenizer.encodeUnpadded(text) == ids, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
        }
    }

    @Test("short texts are padded and long ones cut", arguments: names)
    func pads(name: String) throws {
        let (tokenizer, expected) = try Self.load(name)
        #expect(tokenizer.maximumLength == expected.maximumLength)
        #expect(tokenizer.paddingToken == expected.paddingToken)
        #expect(tokenizer.largestToken >= tokenizer.endToken)
        let empty = tokenizer.encode("")
        #expect(empty.prefix(2) == [tokenizer.beginToken, tokenizer.endToken])
        #expect(empty.dropFirst(2).allSatisfy { $0 == tokenizer.paddingToken } && empty.count == expected.maximumLength)
        let long = tokenizer.encode(String(repeating: "the cat, ", count: 500))
        #expect(long.count == expected.maximumLength && long.last == tokenizer.endToken)
        #expect(tokenizer.encode("the cat, the cat", length: 4).count == 4)
        #expect(tokenizer.encode("the cat", length: 2) == [tokenizer.beginToken, tokenizer.endToken])
    }

    @Test("texts of a hundred thousand characters take well under a second each", arguments: names)
    func encodesLongTexts(name: String) throws {
        let (tokenizer, expected) = try Self.load(name)
        for (long, ids) in zip(try Texts.load().long, expected.long) {
            let text = String(repeating: long.text, count: long.count)
            var result: [Int32] = []
            let time = ContinuousClock().measure { result = tokenizer.encode(text) }
            #expect(result == ids, "\(long)")
            // Generous: a quadratic algorithm needs minutes.
            #expect(time < .seconds(5), "\(long)")
        }
    }

    @Test(
        "every character of Unicode in use becomes the tokens of transformers",
        arguments: ["bert", "bert-cased", "clip"])
    func encodesEveryCharacter(name: String) throws {
        let (tokenizer, expected) = try Self.load(name)
        let sums = try #require(expected.everyCharacter)
        let starts = Array(stride(from: UInt32(0), to: 0x33800, by: 0x400)) + [0xE0000]
        try #require(sums.count == starts.count)
        for (start, sum) in zip(starts, sums) {
            var value: UInt64 = 0xCBF2_9CE4_8422_2325
            for scalar in (start..<start + 0x400).compactMap(Unicode.Scalar.init) {
                for id in tokenizer.encodeUnpadded("a\(Character(scalar))b o\u{345}\(Character(scalar))1") {
                    value = (value ^ UInt64(id)) &* 0x100_0000_01B3
                }
            }
            #expect(value >> 32 == sum, "from U+\(String(start, radix: 16))")
        }
    }

    private static func load(_ name: String) throws -> (any Tokenizer, Expected) {
        let data = try Data(contentsOf: Fixtures.url("tokenizers/\(name).json"))
        return (
            try TokenizerLoader.load(folder: Fixtures.url("tokenizers/\(name)").path),
            try JSONDecoder().decode(Expected.self, from: data)
        )
    }

    // MARK: Which tokenizer a folder holds

    @Test("the class is found by its name, by the model's index, and by the files")
    func findsClass() throws {
        #expect(try TokenizerLoader.load(folder: Fixtures.url("tokenizers/clip").path) is CLIPTokenizer)
        #expect(try TokenizerLoader.load(folder: Fixtures.url("tokenizers/bert").path) is WordPieceTokenizer)
        for (source, isCLIP) in [("clip", true), ("bert", false), ("clip-json", true), ("bert-json", false)] {
            let copy = try Copy(of: source)
            try copy.remove("tokenizer_config.json")
            #expect(try TokenizerLoader.load(folder: copy.path) is CLIPTokenizer == isCLIP)
            try copy.writeModelIndex(#"{"tokenizer":["transformers","T5Tokenizer"]}"#)
            #expect(throws: TokenizerError.self) { try TokenizerLoader.load(folder: copy.path) }
            try copy.writeModelIndex(#"{"tokenizer":["transformers","\#(isCLIP ? "CLIP" : "Bert")TokenizerFast"]}"#)
            #expect(try TokenizerLoader.load(folder: copy.path) is CLIPTokenizer == isCLIP)
        }
    }

    @Test("without a class in its settings, tokenizer.json says what is done to letters")
    func readsNormalizer() throws {
        let copy = try Copy(of: "bert-json")
        try copy.write(#"{"tokenizer_class":"PreTrainedTokenizerFast"}"#, as: "tokenizer_config.json")
        let lower = try TokenizerLoader.load(folder: copy.path)
        #expect(lower.tokens(of: "THE") == lower.tokens(of: "the"))
        try copy.replace(#""lowercase":true"#, with: #""lowercase":false"#, in: "tokenizer.json")
        let cased = try TokenizerLoader.load(folder: copy.path)
        #expect(cased.tokens(of: "THE") != cased.tokens(of: "the"))
    }

    // MARK: What is refused

    @Test(
        "a tokenizer.json that asks for something else is refused by the name of what it asks",
        arguments: [
            ("clip-json", #""type":"NFC""#, #""type":"NFKC""#, "NFKC"),
            ("clip-json", #""type":"Lowercase""#, #""type":"Strip""#, "Strip"),
            ("clip-json", #""type":"ByteLevel","add_prefix_space":false"#, #""type":"Whitespace""#, "Whitespace"),
            ("clip-json", #""add_prefix_space":false"#, #""add_prefix_space":true"#, "true"),
            ("clip-json", #"'s|'t|"#, #"'s|'x|"#, "'x|"),
            ("clip-json", #""type":"BPE""#, #""type":"Unigram""#, "Unigram"),
            ("clip-json", #""end_of_word_suffix":"</w>""#, #""end_of_word_suffix":null"#, "null"),
            ("clip-json", #""byte_fallback":false"#, #""byte_fallback":true"#, "true"),
            ("clip-json", #""type":"RobertaProcessing""#, #""type":"Sequence""#, "Sequence"),
            ("bert-json", #""type":"BertNormalizer""#, #""type":"Nmt""#, "Nmt"),
            ("bert-json", #""type":"BertPreTokenizer""#, #""type":"Metaspace""#, "Metaspace"),
            ("bert-json", #""clean_text":true"#, #""clean_text":false"#, "false"),
            ("bert-json", #""max_input_chars_per_word":100"#, #""max_input_chars_per_word":7"#, "7"),
            ("bert-json", "continuing_subword_prefix\":\"#", "continuing_subword_prefix\":\"@", "@"),
        ])
    func refusesComponents(source: String, old: String, new: String, named: String) throws {
        let copy = try Copy(of: source)
        try copy.replace(old, with: new, in: "tokenizer.json")
        let error = try #require(throws: TokenizerError.self) { try TokenizerLoader.load(folder: copy.path) }
        guard case .unsupported(_, _, let found, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(found.contains(named) && error.description.hasSuffix("."))
    }

    @Test(
        "files that are not what they should be are refused",
        arguments: [
            ("clip", "vocab.json", "{"), ("clip", "vocab.json", "[]"), ("clip", "vocab.json", #"{"a":"b"}"#),
            ("clip", "vocab.json", #"{"a":1,"a":2}"#), ("clip", "vocab.json", "{}"), ("clip", "vocab.json", ""),
            ("clip", "merges.txt", ""), ("clip", "merges.txt", "#version: 0.2\n"), ("clip", "merges.txt", "a b c\n"),
            ("clip", "merges.txt", "zq qz\n"), ("clip", "merges.txt", "a b\n\n"),
            ("clip", "tokenizer_config.json", #"{"model_max_length":"many"}"#),
            ("clip", "tokenizer_config.json", #"{"model_max_length":1}"#),
            ("clip", "tokenizer_config.json", #"{"tokenizer_class":"GPT2Tokenizer"}"#),
            ("clip", "tokenizer_config.json", #"{"padding_side":"left"}"#),
            ("clip", "tokenizer_config.json", #"{"added_tokens_decoder":{"x":{"content":"y"}}}"#),
            ("clip", "special_tokens_map.json", #"{"bos_token":3}"#),
            ("clip", "special_tokens_map.json", #"{"unk_token":"<none>"}"#),
            ("bert", "vocab.txt", ""), ("bert", "tokenizer_config.json", #"{"do_lower_case":"yes"}"#),
            ("bert-json", "tokenizer.json", #"{"model":{"type":"WordPiece"}}"#),
            ("bert-json", "tokenizer.json", "null"),
            ("clip-json", "tokenizer.json", String(repeating: "[", count: 100_000)),
        ])
    func refusesFiles(source: String, file: String, contents: String) throws {
        let copy = try Copy(of: source)
        try copy.write(contents, as: file)
        #expect(throws: TokenizerError.self) { try TokenizerLoader.load(folder: copy.path) }
    }

    @Test(
        "a damaged file is refused or read, and what was read can be used", arguments: ["bert-json", "clip-json-old"])
    func survivesDamage(source: String) throws {
        let copy = try Copy(of: source)
        let whole = try Data(contentsOf: Fixtures.url("tokenizers/\(source)/tokenizer.json"))
        var random = SeededGenerator(seed: 20_260_801)
        for round in 0..<100 {
            var data = whole
            if round.isMultiple(of: 4) {
                data = data.prefix(Int.random(in: 0..<data.count, using: &random))
                try copy.write(data, as: "tokenizer.json")
                #expect(throws: TokenizerError.self) { try TokenizerLoader.load(folder: copy.path) }
                continue
            }
            // Half of the damage goes to the settings at the front, where it does more than misspell a token.
            let range = round.isMultiple(of: 2) ? 0..<2500 : 0..<data.count
            for _ in 0..<3 {
                data[Int.random(in: range, using: &random)] ^= 1 << UInt8.random(in: 0..<7, using: &random)
            }
            try copy.write(data, as: "tokenizer.json")
            guard let tokenizer = try? TokenizerLoader.load(folder: copy.path) else { continue }
            let tokens = tokenizer.encode("the [MASK] é <|endoftext|> 12 Light")
            #expect(tokens.allSatisfy { (0...tokenizer.largestToken).contains($0) })
        }
    }

    @Test("a folder without a tokenizer says which files are missing")
    func refusesEmptyFolder() throws {
        let error = try #require(throws: TokenizerError.self) { try TokenizerLoader.load(folder: "/none") }
        #expect(error.description.contains("vocab.json") && error.description.contains("/none"))
    }

    @Test("a vocabulary tells composed and decomposed letters apart")
    func keepsEquivalentTokensApart() throws {
        let copy = try Copy(of: "bert-json")
        try copy.replace(#""vocab":{"#, with: #""vocab":{"\u00e9x":7001,"e\u0301x":7002,"#, in: "tokenizer.json")
        _ = try TokenizerLoader.load(folder: copy.path)
    }
}

/// What transformers made of the texts.
private struct Expected: Decodable {
    let maximumLength: Int
    let paddingToken: Int32
    let ids: [[Int32]]
    let long: [[Int32]]
    let everyCharacter: [UInt64]?
}

private struct Texts: Decodable {
    struct Long: Decodable {
        let text: String
        let count: Int

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            text = try container.decode(String.self)
            count = try container.decode(Int.self)
        }
    }

    let texts: [String]
    let long: [Long]

    static func load() throws -> Texts {
        try JSONDecoder().decode(Texts.self, from: Data(contentsOf: Fixtures.url("tokenizers/texts.json")))
    }
}

/// A copy of a fixture's folder, to be spoilt, which goes when the test that made it ends.
private final class Copy {
    private let parent = FileManager.default.temporaryDirectory.appending(path: "mystarion-\(UUID().uuidString)")

    var path: String { parent.appending(path: "tokenizer").path }

    init(of name: String) throws {
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Fixtures.url("tokenizers/\(name)").path, toPath: path)
    }

    deinit { try? FileManager.default.removeItem(at: parent) }

    func write(_ contents: String, as name: String) throws { try write(Data(contents.utf8), as: name) }

    func write(_ data: Data, as name: String) throws {
        try data.write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func writeModelIndex(_ contents: String) throws {
        try Data(contents.utf8).write(to: parent.appending(path: "model_index.json"))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    func replace(_ old: String, with new: String, in name: String) throws {
        let contents = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
        try #require(contents.contains(old), "the fixture has no \(old)")
        try write(contents.replacingOccurrences(of: old, with: new), as: name)
    }
}

/// SplitMix64: the same numbers every time.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
