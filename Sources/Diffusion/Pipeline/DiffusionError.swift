/// Why a model folder cannot be run, or a picture cannot be made.
public enum DiffusionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Two parts of a model do not fit together.
    case partsDisagree(folder: String, problem: String)
    /// A width or height that the model cannot make.
    case size(width: Int, height: Int, multiple: Int)
    /// More layers are to be skipped than the text encoder has.
    case clipSkip(Int, maximum: Int)
    /// A prompt cannot be read.
    case prompt(PromptProblem)
    /// A negative prompt cannot be read.
    case negativePrompt(PromptProblem)
    /// The latents are no longer finite numbers.
    case notFinite

    /// A sentence that says what was wrong and what is allowed.
    public var description: String {
        switch self {
        case .partsDisagree(let folder, let problem):
            "the parts of the model in \(folder) do not fit together: \(problem)"
        case .size(_, _, let multiple):
            "a picture of this size cannot be made: width and height must be positive multiples of \(multiple)"
        case .clipSkip(_, let maximum):
            "clip skip is out of range: this model allows 0 to \(maximum)"
        case .prompt(let problem):
            "the prompt \(problem)"
        case .negativePrompt(let problem):
            "the negative prompt \(problem)"
        case .notFinite:
            "the calculation left the range of numbers; a lower guidance scale or another sampler may help"
        }
    }
}
