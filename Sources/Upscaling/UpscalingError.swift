public import NeuralNetwork

/// Why a picture cannot be enlarged, or a file of weights not be used for it. The sentences say what is allowed; none has
/// anything of a picture but the limits.
public enum UpscalingError: Error, Equatable, Sendable {
    /// The file of weights cannot be read.
    case weights(SafetensorsError)
    /// The tensors of the file belong to no network that is known here.
    case unknownNetwork(file: String)
    /// The tensors are those of a network that is known, and its hyperparameters are not.
    case unsupportedNetwork(file: String, network: String, problem: String)
    /// No such enlargement is made.
    case scale(asked: Int, allowed: ClosedRange<Int>)
    /// The result would have a side of more pixels than are allowed, or none.
    case side(maximum: Int)
    /// The result would have more pixels than are allowed.
    case tooManyPixels(maximum: Int)
    /// Nobody wants the picture any more.
    case cancelled
    /// The calculation has left the range of numbers.
    case notFinite
}

extension UpscalingError: CustomStringConvertible {
    /// A sentence that says what was wrong and what is allowed.
    public var description: String {
        switch self {
        case .weights(let error): error.description
        case .unknownNetwork(let file):
            "The file \(file.debugDescription) has no network that enlarges pictures; Real-ESRGAN's SRVGGNetCompact "
                + "(body.0.weight, …) and RRDBNet (conv_first.weight, …) are known."
        case .unsupportedNetwork(let file, let network, let problem):
            "The \(network) in \(file.debugDescription) cannot be used: \(problem)."
        case .scale(let asked, let allowed):
            "A picture is enlarged \(allowed.lowerBound) to \(allowed.upperBound) times, not \(asked) times."
        case .side(let maximum): "The enlarged picture's sides must be from 1 to \(maximum) pixels."
        case .tooManyPixels(let maximum): "The enlarged picture would have more than the \(maximum) pixels allowed."
        case .cancelled: "The picture was not enlarged to its end, because nobody wants it any more."
        case .notFinite: "The network's calculation left the range of numbers; its weights may be damaged."
        }
    }
}
