/// Why no pictures came of a request.
public enum StudioError: Error, Equatable, Sendable {
    /// The request asks for something that is not allowed.
    case invalid(RequestError)
    /// As many requests are waiting as may; nothing was begun.
    case queueFull(maximum: Int)
    /// The service is stopping and takes no more requests; nothing was begun.
    case shuttingDown
    /// Whoever asked went away.
    case cancelled
    /// The engine failed; the request alone is affected.
    case failed(Stage)

    /// What the engine was doing when it failed.
    public enum Stage: String, CaseIterable, Sendable {
        /// Reading the prompt.
        case encoding
        /// Setting up a picture's noise or initial picture.
        case beginning
        /// Denoising.
        case denoising
        /// Turning the result into pixels.
        case decoding
    }
}

extension StudioError: CustomStringConvertible {
    /// What happened and what can be done, in a sentence.
    public var description: String {
        switch self {
        case .invalid(let error):
            error.message
        case .queueFull(let maximum):
            "\(maximum) requests are waiting already; try again in a while."
        case .shuttingDown:
            "The service is stopping; try again in a while."
        case .cancelled:
            "The request was cancelled."
        case .failed(.encoding):
            "The model failed to read the prompt; try another one."
        case .failed(.beginning):
            "The model failed to set up the picture; other settings may work."
        case .failed(.denoising), .failed(.decoding):
            "The model failed to make the picture; a lower guidance scale or another sampler may help."
        }
    }
}
