/// What is wrong with the files of a tokenizer.
public enum TokenizerError: Error, Equatable, Sendable {
    /// The file is there but cannot be read.
    case unreadable(file: String)
    /// The file is larger than any tokenizer's.
    case tooLarge(file: String, allowed: Int)
    /// The file's contents are not what its name promises.
    case malformed(file: String, problem: String)
    /// The file asks for something that would be computed differently here.
    case unsupported(file: String, component: String, found: String, supported: String)
    /// The folder has no file that the tokenizer cannot do without.
    case missingFile(folder: String, file: String)
    /// A special token is not in the vocabulary.
    case missingToken(folder: String, token: String)
}

extension TokenizerError: CustomStringConvertible {
    /// A sentence that says what was wrong, where, and what is allowed.
    public var description: String {
        switch self {
        case .unreadable(let file):
            "The tokenizer file \(Self.quote(file)) cannot be read."
        case .tooLarge(let file, let allowed):
            "The tokenizer file \(Self.quote(file)) has more than the \(allowed) bytes that are read."
        case .malformed(let file, let problem):
            "The tokenizer file \(Self.quote(file)) is malformed: \(problem)."
        case .unsupported(let file, let component, let found, let supported):
            "The tokenizer file \(Self.quote(file)) has the \(component) \(Self.quote(found)); supported: \(supported)."
        case .missingFile(let folder, let file):
            "The tokenizer folder \(Self.quote(folder)) has no \(file)."
        case .missingToken(let folder, let token):
            "The vocabulary in \(Self.quote(folder)) lacks the special token \(Self.quote(token))."
        }
    }

    private static func quote(_ name: String) -> String {
        name.unicodeScalars.count > 300
            ? String(String.UnicodeScalarView(name.unicodeScalars.prefix(300))).debugDescription + "…"
            : name.debugDescription
    }
}
