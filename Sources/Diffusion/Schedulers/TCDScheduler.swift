import NeuralNetwork

/// Sampling from a trajectory consistency model: each output leads past the next timestep, by a part that is gamma in
/// the paper and eta here, and noise leads back to it.
///
/// Zheng et al., "Trajectory Consistency Distillation", 2024. Reference: diffusers 0.42.1,
/// `schedulers/scheduling_tcd.py`.
struct TCDScheduler: Scheduler {
    let timesteps: [Float]

    private let alphaBar: [Float]
    private let predictionType: PredictionType
    private let eta: Double
    private let noiseScale: Float

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        timesteps = configuration.consistencyTimesteps(steps: steps, begin: begin)
        alphaBar = NoiseSchedule(configuration, for: .tcd).alphaBar
        predictionType = configuration.predictionType
        // The decimal number that a person wrote, as Python has it.
        eta = min(options.eta.flatMap { Double($0.description) } ?? 0.3, 1)
        noiseScale = options.noiseScale
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let alphaBarT = alphaBar[Int(timesteps[stepIndex])]
        let isLast = stepIndex + 1 >= timesteps.count
        let previous = isLast ? 0 : Int(timesteps[stepIndex + 1])
        let alphaBarPrevious = alphaBar[previous]
        let alphaBarS = alphaBar[Int((Float(1 - eta) * Float(previous)).rounded(.down))]

        let x0 = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        let epsilon = predictionType.epsilon(from: modelOutput, sample: sample, alphaBar: alphaBarT)
        let noised = alphaBarS.squareRoot() * x0 + (1 - alphaBarS).squareRoot() * epsilon
        guard eta > 0, !isLast else { return noised }
        let ratio = alphaBarPrevious / alphaBarS
        return ratio.squareRoot() * noised + (noiseScale * (1 - ratio).squareRoot()) * noise()
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        predictionType.original(
            from: modelOutput, sample: sample, alphaBar: alphaBar[Int(timesteps[stepIndex])])
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        let alphaBarT = alphaBar[Int(timesteps[stepIndex])]
        return alphaBarT.squareRoot() * original + (1 - alphaBarT).squareRoot() * noise
    }
}

extension SchedulerConfiguration {
    /// The timesteps of consistency models: of the steps that they were distilled with, as many as are wanted, evenly.
    ///
    /// More steps than that are as if the model had been distilled with so many (`original_inference_steps`).
    func consistencyTimesteps(steps: Int, begin: Int) -> [Float] {
        let originalSteps = max(originalSteps, steps)
        let stride = trainingTimesteps / originalSteps
        let originalTimesteps = (1...originalSteps).map { $0 * stride - 1 }.reversed().map(Float.init)
        // NumPy's linspace without its end.
        let spacing = Double(originalSteps) / Double(steps)
        return (begin..<steps).map { originalTimesteps[Int(Double($0) * spacing)] }
    }
}
