import NeuralNetwork

extension PredictionType {
    /// The clean sample that an answer of the denoiser points to, where samples are
    /// `sqrt(alphaBar) * x0 + sqrt(1 - alphaBar) * epsilon`.
    func original(from modelOutput: Tensor, sample: Tensor, alphaBar: Float) -> Tensor {
        let (rootAlpha, rootBeta) = (alphaBar.squareRoot(), (1 - alphaBar).squareRoot())
        return switch self {
        case .epsilon, .flow: (sample - rootBeta * modelOutput) / rootAlpha
        case .sample: modelOutput
        case .velocity: rootAlpha * sample - rootBeta * modelOutput
        }
    }

    /// The noise that an answer of the denoiser points to.
    func epsilon(from modelOutput: Tensor, sample: Tensor, alphaBar: Float) -> Tensor {
        let (rootAlpha, rootBeta) = (alphaBar.squareRoot(), (1 - alphaBar).squareRoot())
        return switch self {
        case .epsilon, .flow: modelOutput
        case .sample: (sample - rootAlpha * modelOutput) / rootBeta
        case .velocity: rootAlpha * modelOutput + rootBeta * sample
        }
    }
}
