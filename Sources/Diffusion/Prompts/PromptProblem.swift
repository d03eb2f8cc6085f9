/// Why a prompt cannot be read.
public enum PromptProblem: Error, Sendable, Equatable {
    /// It joins several prompts with `AND`.
    case composed
    /// It has more tokens than are read.
    case tooLong(tokens: Int)
    /// It gives words more weight than the text encoder's numbers bear.
    case weight(maximum: Float)
    /// Its brackets are nested deeper than anybody reads.
    case nesting(maximum: Int)
    /// It names an adapter, such as `<lora:name:1>`, that the model does not have.
    case unknownAdapter
}

extension PromptProblem: CustomStringConvertible {
    /// What is wrong and what is allowed, as the end of a sentence about the prompt.
    public var description: String {
        switch self {
        case .composed:
            "joins several prompts with the word AND, which is not supported; "
                + "write it in small letters, or put BREAK between the prompts"
        case .tooLong(let tokens):
            "is too long: at most \(tokens) tokens are read, about a word each"
        case .weight(let maximum):
            "has a weight that is too large: brackets and numbers together may count words up to \(Int(maximum)) times"
        case .nesting(let maximum):
            "has brackets that are nested too deeply: at most \(maximum) may be open at a time"
        case .unknownAdapter:
            "names an adapter, such as <lora:name:1>, that this model does not have; leave it out"
        }
    }
}
