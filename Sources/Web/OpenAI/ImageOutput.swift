internal import Imaging

/// How the answer to a request for pictures is to look.
struct ImageOutput: Sendable {
    var format: ImageFormat = .png
    /// From 0, smallest, to 100, best; PNG has no such choice.
    var compression = 100
    /// Whether pictures come as `data:` addresses; there is nowhere else they could be fetched from.
    var asURL = false
    /// The quality that was asked for, to be reported back.
    var quality: ImageQuality = .auto
    /// Whether finished pictures have no ground.
    var isTransparent = false
    /// Whether the answer is a stream of events.
    var isStreamed = false
}

/// How much work goes into a picture, in the OpenAI API's words.
enum ImageQuality: String, CaseIterable, Sendable {
    case auto, low, medium, high, xhigh, max, standard, hd

    /// The number of steps for a model whose own number is `steps`.
    func steps(from steps: Int, limit: Int) -> Int {
        switch self {
        case .low: Swift.max(1, (steps + 1) / 2)
        case .standard, .medium, .auto: steps
        case .high, .hd: min(limit, steps * 2)
        case .xhigh: min(limit, steps * 3)
        case .max: min(limit, steps * 4)
        }
    }

    /// What answers call it: the words of older models have newer ones.
    var reported: ImageQuality {
        switch self {
        case .auto, .standard: .medium
        case .hd: .high
        default: self
        }
    }
}
