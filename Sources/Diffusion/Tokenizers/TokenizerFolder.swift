import Foundation
import NeuralNetwork

/// The files of one tokenizer, read and checked as JSON or text, not yet understood.
struct TokenizerFolder: Sendable {
    let path: String

    /// `tokenizer_config.json`.
    let configuration: TokenizerJSON?

    /// `tokenizer.json`, as the Rust library tokenizers writes it.
    let pipeline: TokenizerJSON?

    /// The largest file that is read, in bytes; the largest of CLIP's or BERT's is about 4 MB.
    static let maximumBytes = 64 << 20

    init(_ path: String) throws(TokenizerError) {
        self.path = path
        configuration = try Self.json("tokenizer_config.json", in: path)
        pipeline = try Self.json("tokenizer.json", in: path)
    }

    /// Reads another JSON file of the folder; nil when there is none.
    func json(_ name: String) throws(TokenizerError) -> TokenizerJSON? { try Self.json(name, in: path) }

    /// The lines of a text file of the folder, without their ends; nil when there is no such file.
    func lines(_ name: String) throws(TokenizerError) -> [Substring]? {
        guard let bytes = try Self.bytes(name, in: path) else { return nil }
        if let format = ForeignFormat(beginning: bytes) {
            throw .malformed(file: file(name), problem: "it is \(format.explanation)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(file: file(name), problem: "it is not UTF-8")
        }
        let scalars = text.unicodeScalars
        var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            Substring($0.last == "\r" ? $0.dropLast() : $0)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The path of a file, for errors.
    func file(_ name: String) -> String { Self.join(path, name) }

    /// The name that the tokenizer's class has in transformers, without the ending "Fast"; nil when none is written.
    func className() throws(TokenizerError) -> String? {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let index = try Self.json("model_index.json", in: url.deletingLastPathComponent().path)
        let entry = index?[url.lastPathComponent]?.elements
        let name = configuration?["tokenizer_class"]?.text ?? entry?.last?.text
        guard let name, !["PreTrainedTokenizerFast", "TokenizersBackend"].contains(name) else { return nil }
        return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    }

    /// How many tokens the text encoder takes.
    func maximumLength(default standard: Int) throws(TokenizerError) -> Int {
        guard let value = configuration?["model_max_length"], !value.isNull else { return standard }
        // transformers writes 1e30 as an integer where nobody has set a length.
        guard case .number(let literal) = value, let length = Double(literal), length >= 3 else {
            throw .malformed(
                file: file("tokenizer_config.json"),
                problem: "model_max_length is \(value.summary), not a number from 3")
        }
        return length > 1_000_000 ? standard : Int(length)
    }

    /// A member of `tokenizer_config.json` that is true or false.
    func option(_ name: String) throws(TokenizerError) -> Bool? {
        guard let value = configuration?[name], !value.isNull else { return nil }
        guard let truth = value.truth else {
            throw .malformed(
                file: file("tokenizer_config.json"), problem: "\(name) is \(value.summary), neither true nor false")
        }
        return truth
    }

    /// Refuses what tokenizers would do on the left side, which no text encoder here was trained with.
    func checkSides() throws(TokenizerError) {
        for name in ["padding_side", "truncation_side"] {
            guard let value = configuration?[name], !value.isNull, value.text != "right" else { continue }
            throw .unsupported(
                file: file("tokenizer_config.json"), component: name, found: value.summary, supported: "right")
        }
    }

    private static func json(_ name: String, in folder: String) throws(TokenizerError) -> TokenizerJSON? {
        guard let bytes = try bytes(name, in: folder) else { return nil }
        do {
            return try TokenizerJSON(bytes)
        } catch {
            let format = ForeignFormat(beginning: bytes).map { "it is \($0.explanation)" }
            throw .malformed(file: join(folder, name), problem: format ?? error.description)
        }
    }

    private static func bytes(_ name: String, in folder: String) throws(TokenizerError) -> [UInt8]? {
        let path = join(folder, name)
        do throws(BoundedFile.Problem) {
            return try BoundedFile.read(path, atMost: maximumBytes)
        } catch {
            switch error {
            case .missing: return nil
            case .tooLarge: throw .tooLarge(file: path, allowed: maximumBytes)
            case .notAFile, .unreadable: throw .unreadable(file: path)
            }
        }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
