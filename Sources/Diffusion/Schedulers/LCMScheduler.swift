import Foundation
import NeuralNetwork

/// Sampling from a latent consistency model: each output is a finished picture, noised again for the next step.
///
/// Luo et al., "Latent Consistency Models: Synthesizing High-Resolution Images with Few-Step Inference", 2023.
/// Reference: diffusers 0.42.1, `schedulers/scheduling_lcm.py`.
struct LCMScheduler: Scheduler {
    let timesteps: [Float]

    private let alphaBar: [Float]
    private let predictionType: PredictionType
    private let limit: SampleLimit
    private let timestepScaling: Float
    private let noiseScale: Float

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        timesteps = configuration.consistencyTimesteps(steps: steps, begin: begin)
        alphaBar = NoiseSchedule(configuration, for: .lcm).alphaBar
        predictionType = configuration.predictionType
        limit = configuration.sampleLimit(for: .lcm)
        timestepScaling = Float(configuration.timestepScaling)
        noiseScale = options.noiseScale
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let denoised = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        guard stepIndex + 1 < timesteps.count else { return denoised }
        let alphaBarNext = alphaBar[Int(timesteps[stepIndex + 1])]
        return alphaBarNext.squareRoot() * denoised + (noiseScale * (1 - alphaBarNext).squareRoot()) * noise()
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        let alphaBarT = alphaBar[Int(timesteps[stepIndex])]
        let x0 = limit(predictionType.original(from: modelOutput, sample: sample, alphaBar: alphaBarT))
        // The boundary condition of consistency models: at timestep 0 the sample is the picture.
        let sigmaData: Float = 0.5
        let scaled = timesteps[stepIndex] * timestepScaling
        let variance = scaled * scaled + sigmaData * sigmaData
        let (skip, out) = (sigmaData * sigmaData / variance, scaled / variance.squareRoot())
        return out * x0 + skip * sample
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        let alphaBarT = alphaBar[Int(timesteps[stepIndex])]
        return alphaBarT.squareRoot() * original + (1 - alphaBarT).squareRoot() * noise
    }
}
