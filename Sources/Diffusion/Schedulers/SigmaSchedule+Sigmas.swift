extension SigmaSchedule {
    /// The noise levels of so many steps, descending, without the zero at the end.
    func sigmas(_ count: Int, _ training: TrainingSigmas) -> [Double] {
        let total = training.sigmas.count
        let (lowest, highest) = (Double(training.sigmas[0]), Double(training.sigmas[total - 1]))
        func evenTimesteps(_ points: Int) -> [Double] { evenlySpaced(from: Double(total - 1), to: 0, count: points) }
        switch self {
        case .normal:
            return evenTimesteps(count).map(training.logarithmicSigma)
        case .sgmUniform:
            return evenTimesteps(count + 1).prefix(count).map(training.logarithmicSigma)
        case .simple:
            let stride = Double(total) / Double(count)
            return (0..<count).map { Double(training.sigmas[total - 1 - Int(Double($0) * stride)]) }
        case .karras:
            return SigmaSpacing.karras.sigmas(from: highest, to: lowest, count: count) ?? []
        case .exponential:
            return SigmaSpacing.exponential.sigmas(from: highest, to: lowest, count: count) ?? []
        case .beta:
            return SigmaSpacing.beta.sigmas(from: highest, to: lowest, count: count) ?? []
        }
    }
}
