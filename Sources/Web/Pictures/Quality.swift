/// How much work goes into a picture, in the OpenAI API's words.
enum Quality: String, CaseIterable, Sendable {
    case standard, hd, low, medium, high, auto

    /// The number of steps for a model whose own number is `steps`.
    func steps(from steps: Int, limit: Int) -> Int {
        switch self {
        case .low: max(1, (steps + 1) / 2)
        case .standard, .medium, .auto: steps
        case .high, .hd: min(limit, steps * 2)
        }
    }
}
