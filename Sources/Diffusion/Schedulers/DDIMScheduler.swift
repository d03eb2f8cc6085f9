import NeuralNetwork

/// Denoising diffusion implicit models.
///
/// Song, Meng and Ermon, "Denoising Diffusion Implicit Models", 2020. Reference: diffusers 0.42.1,
/// `schedulers/scheduling_ddim.py`.
struct DDIMScheduler: Scheduler {
    let timesteps: [Float]

    private let alphaBar: [Float]
    private let finalAlphaBar: Float
    private let stride: Int
    private let predictionType: PredictionType
    private let limit: SampleLimit
    private let eta: Float
    private let noiseScale: Float

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        let spacing = configuration.timestepSpacing ?? SchedulerClass.ddim.defaultTimestepSpacing
        let total = configuration.trainingTimesteps
        timesteps = spacing.timesteps(
            steps, last: total, training: total, offset: configuration.stepsOffset, includesEnd: true
        ).dropFirst(begin).map { Float($0.rounded(.toNearestOrEven)) }
        alphaBar = NoiseSchedule(configuration, for: .ddim).alphaBar
        finalAlphaBar =
            configuration.setsAlphaToOne ?? SchedulerClass.ddim.setsAlphaToOneByDefault ? 1 : alphaBar[0]
        stride = total / steps
        predictionType = configuration.predictionType
        limit = configuration.sampleLimit(for: .ddim)
        eta = options.eta ?? 0
        noiseScale = options.noiseScale
    }

    private func alphaBar(at timestep: Int) -> Float {
        timestep < 0 ? finalAlphaBar : alphaBar[min(timestep, alphaBar.count - 1)]
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let timestep = Int(timesteps[stepIndex])
        let alphaBarT = alphaBar(at: timestep)
        let alphaBarPrevious = alphaBar(at: timestep - stride)
        let betaBarT = 1 - alphaBarT

        let x0 = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        let epsilon = predictionType.epsilon(from: modelOutput, sample: sample, alphaBar: alphaBarT)

        let variance = (1 - alphaBarPrevious) / betaBarT * (1 - alphaBarT / alphaBarPrevious)
        // No more noise can be drawn afresh than there is.
        let sigma = min(eta * variance.squareRoot(), (1 - alphaBarPrevious).squareRoot())
        let direction = (1 - alphaBarPrevious - sigma * sigma).squareRoot() * epsilon
        let previous = alphaBarPrevious.squareRoot() * x0 + direction
        return eta > 0 ? previous + (noiseScale * sigma) * noise() : previous
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        let alphaBarT = alphaBar(at: Int(timesteps[stepIndex]))
        return limit(predictionType.original(from: modelOutput, sample: sample, alphaBar: alphaBarT))
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        let alphaBarT = alphaBar(at: Int(timesteps[stepIndex]))
        return alphaBarT.squareRoot() * original + (1 - alphaBarT).squareRoot() * noise
    }
}
