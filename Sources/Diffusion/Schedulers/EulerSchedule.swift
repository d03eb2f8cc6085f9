import Foundation
import NeuralNetwork

/// What Euler's method with and without ancestral noise have in common: samples are `x0 + sigma * epsilon`.
struct EulerSchedule: Sendable {
    /// What the denoiser is told, from the beginning of the trajectory.
    let timesteps: [Float]

    /// The noise level at each timestep, and the one after the last.
    let sigmas: [Float]

    /// The standard deviation of pure noise.
    let initialNoiseSigma: Float

    let predictionType: PredictionType

    init(_ configuration: SchedulerConfiguration, for scheduler: SchedulerClass, steps: Int, begin: Int) {
        let isAncestral = scheduler == .eulerAncestralDiscrete
        let noise = NoiseSchedule(configuration, for: scheduler)
        let training = TrainingSigmas(
            noise.sigmas(hasZeroTerminalSNR: configuration.rescalesToZeroTerminalSNR))
        let total = configuration.trainingTimesteps
        let spacing = configuration.timestepSpacing ?? scheduler.defaultTimestepSpacing
        // Evenly spaced timesteps are rounded to single precision before levels are read off.
        var timesteps = spacing.timesteps(
            steps, last: total, training: total, offset: configuration.stepsOffset, includesEnd: true
        ).map { Double(Float($0)) }
        var sigmas = timesteps.map(training.sigma)
        if !isAncestral {
            if configuration.sigmaInterpolation == .logLinear {
                let (low, high) = (log(training.sigmas[0]), log(training.sigmas[total - 1]))
                sigmas = NoiseSchedule.linspace(from: high, to: low, count: steps + 1).map { Double(exp($0)) }
            }
            let highest = configuration.sigmaMaximum ?? sigmas[0]
            let lowest = configuration.sigmaMinimum ?? sigmas[sigmas.count - 1]
            if configuration.sigmaSpacing != .lu,
                let spaced = configuration.sigmaSpacing.sigmas(from: highest, to: lowest, count: steps)
            {
                sigmas = spaced
                timesteps = spaced.map(training.timestep)
            }
        }
        let endsAtZero = isAncestral || configuration.finalSigma == .zero
        let levels = sigmas.map(Float.init) + [endsAtZero ? 0 : training.sigmas[0]]
        let largest = levels.max() ?? 0
        initialNoiseSigma = spacing == .leading ? (largest * largest + 1).squareRoot() : largest

        predictionType = configuration.predictionType
        self.sigmas = Array(levels.dropFirst(begin))
        if !isAncestral, configuration.timestepType == .continuous, predictionType == .velocity {
            self.timesteps = levels.dropLast().dropFirst(begin).map { 0.25 * log($0) }
        } else {
            self.timesteps = timesteps.dropFirst(begin).map(Float.init)
        }
    }

    func scaleModelInput(_ sample: Tensor, at stepIndex: Int) -> Tensor {
        let sigma = sigmas[stepIndex]
        return sample / (sigma * sigma + 1).squareRoot()
    }

    /// The derivative of the sample with respect to sigma.
    func derivative(_ modelOutput: Tensor, at stepIndex: Int, _ sample: Tensor) -> Tensor {
        (sample - predictOriginal(from: modelOutput, at: stepIndex, sample: sample)) / sigmas[stepIndex]
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        let sigma = sigmas[stepIndex]
        let variance = sigma * sigma + 1
        return switch predictionType {
        case .epsilon, .flow: sample - sigma * modelOutput
        case .sample: modelOutput
        case .velocity: (-sigma / variance.squareRoot()) * modelOutput + sample / variance
        }
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        original + sigmas[stepIndex] * noise
    }
}
