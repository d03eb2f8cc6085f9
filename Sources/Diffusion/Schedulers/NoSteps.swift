import NeuralNetwork

/// No way at all: image to image at a strength of 0.
struct NoSteps: Scheduler {
    var timesteps: [Float] { [] }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor { sample }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor { sample }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor { original }
}
