import Foundation
import NeuralNetwork

/// The noise levels of a trajectory whose samples are `x0 + sigma * epsilon`, and where on it the denoiser is asked.
struct SigmaTrajectory: Sendable {
    /// One evaluation of the denoiser.
    struct Evaluation: Sendable {
        /// The step that it belongs to.
        let step: Int
        /// The noise level of the sample that it is asked about.
        let sigma: Float
        /// Whether the step has asked before.
        let isSecond: Bool
    }

    /// The level at the beginning of each step, and the one after the last.
    let sigmas: [Float]

    /// The evaluations in their order.
    let evaluations: [Evaluation]

    /// What the denoiser is told at each evaluation.
    let timesteps: [Float]

    /// The standard deviation of pure noise.
    let initialNoiseSigma: Float

    /// What noise that is added on the way is multiplied with.
    let noiseScale: Float

    private let predictionType: PredictionType
    private let limit: SampleLimit
    private let hasChurn: Bool

    /// Makes the trajectory of a scheduler.
    ///
    /// - Parameters:
    ///   - begin: How many steps are left out at the beginning.
    ///   - churns: Whether the scheduler can add noise before a step.
    ///   - second: The level of a step's second evaluation, from the levels at which the step begins and ends; nil for
    ///     none.
    init(
        _ configuration: SchedulerConfiguration, for scheduler: SchedulerClass, _ options: SamplingOptions, steps: Int,
        begin: Int, churns: Bool = false, second: (_ sigma: Float, _ next: Float) -> Float? = { _, _ in nil }
    ) {
        let levels = SigmaLevels(configuration, for: scheduler, options, steps: steps)
        let sigmas = Array(levels.sigmas.dropFirst(begin))
        let remaining = levels.stepCount - begin
        var evaluations: [Evaluation] = []
        for step in 0..<remaining {
            let churn = churns ? options.churnFactor(at: sigmas[step], steps: remaining) : 0
            let sigma = sigmas[step] * (churn + 1)
            evaluations.append(Evaluation(step: step, sigma: sigma, isSecond: false))
            if let middle = second(sigma, sigmas[step + 1]), middle > 0 {
                evaluations.append(Evaluation(step: step, sigma: middle, isSecond: true))
            }
        }
        self.sigmas = sigmas
        self.evaluations = evaluations
        hasChurn = evaluations.contains { !$0.isSecond && $0.sigma > sigmas[$0.step] }
        timesteps = evaluations.map { levels.timestep(of: $0.sigma, near: begin + $0.step) }
        initialNoiseSigma = levels.initialNoiseSigma
        noiseScale = options.noiseScale
        predictionType = configuration.predictionType
        limit =
            scheduler == .heunDiscrete && configuration.clipsSample == true
            ? .clip(Float(configuration.clipSampleRange)) : .none
    }

    /// The levels between which the step of an evaluation goes.
    func ends(of evaluation: Evaluation) -> (sigma: Float, next: Float) {
        (sigmas[evaluation.step], sigmas[evaluation.step + 1])
    }

    /// Whether a step asks the denoiser twice.
    func asksTwice(at index: Int) -> Bool {
        evaluations[index].isSecond || (index + 1 < evaluations.count && evaluations[index + 1].isSecond)
    }

    func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor {
        let sigma = evaluations[index].sigma
        return sample / (sigma * sigma + 1).squareRoot()
    }

    /// The derivative of the sample with respect to sigma.
    func derivative(_ modelOutput: Tensor, at index: Int, _ sample: Tensor) -> Tensor {
        (sample - predictOriginal(from: modelOutput, at: index, sample: sample)) / evaluations[index].sigma
    }

    func predictOriginal(from modelOutput: Tensor, at index: Int, sample: Tensor) -> Tensor {
        let sigma = evaluations[index].sigma
        let variance = sigma * sigma + 1
        return switch predictionType {
        case .epsilon, .flow: limit(sample - sigma * modelOutput)
        case .sample: limit(modelOutput)
        case .velocity: limit((-sigma / variance.squareRoot()) * modelOutput + sample / variance)
        }
    }

    /// Clean latents with noise of the level at which a step begins, or at which it asks for the second time.
    func addNoise(_ noise: Tensor, to original: Tensor, at index: Int) -> Tensor {
        let evaluation = evaluations[index]
        return original + (evaluation.isSecond ? evaluation.sigma : sigmas[evaluation.step]) * noise
    }

    /// Adds the noise that lifts a sample from the level at which a step begins to the one at which it asks.
    ///
    /// k-diffusion draws noise at every step, whether it is added or not.
    func addChurn(_ noise: () -> Tensor, to sample: Tensor, at index: Int) -> Tensor {
        let evaluation = evaluations[index]
        guard hasChurn, !evaluation.isSecond else { return sample }
        let drawn = noise()
        let sigma = sigmas[evaluation.step]
        guard evaluation.sigma > sigma else { return sample }
        return sample + (noiseScale * (evaluation.sigma * evaluation.sigma - sigma * sigma).squareRoot()) * drawn
    }
}

/// A scheduler that goes along a ``SigmaTrajectory``.
protocol SigmaScheduler: Scheduler {
    var trajectory: SigmaTrajectory { get }
}

extension SigmaScheduler {
    var timesteps: [Float] { trajectory.timesteps }

    var initialNoiseSigma: Float { trajectory.initialNoiseSigma }

    func scaleModelInput(_ sample: Tensor, at stepIndex: Int) -> Tensor {
        trajectory.scaleModelInput(sample, at: stepIndex)
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        trajectory.predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        trajectory.addNoise(noise, to: original, at: stepIndex)
    }
}
