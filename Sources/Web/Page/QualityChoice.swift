internal import Studio

/// How much work a picture is worth, as the page offers it.
enum QualityChoice: String, CaseIterable {
    case fast, standard, fine

    /// Half of the model's own number of steps, the same, or twice as many.
    func steps(for model: ModelCard, limits: RequestLimits) -> Int {
        let steps =
            switch self {
            case .fast: (model.defaultSteps + 1) / 2
            case .standard: model.defaultSteps
            case .fine: model.defaultSteps * 2
            }
        return min(max(steps, limits.steps.lowerBound), limits.steps.upperBound)
    }

    /// The choices that differ from one another.
    static func all(for model: ModelCard, limits: RequestLimits) -> [QualityChoice] {
        var known: Set<Int> = []
        return allCases.filter { $0 == .standard || $0.steps(for: model, limits: limits) != model.defaultSteps }
            .filter { known.insert($0.steps(for: model, limits: limits)).inserted }
    }
}
