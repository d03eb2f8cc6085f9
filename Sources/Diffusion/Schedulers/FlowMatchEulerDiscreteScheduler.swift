import Foundation
import NeuralNetwork

/// Euler's method on a rectified flow, where samples are `(1 - sigma) * x0 + sigma * epsilon`.
///
/// Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", 2024. Reference: diffusers
/// 0.42.1, `schedulers/scheduling_flow_match_euler_discrete.py`.
struct FlowMatchEulerDiscreteScheduler: Scheduler {
    let timesteps: [Float]

    private let sigmas: [Float]
    private let isStochastic: Bool
    private let noiseScale: Float

    init(
        _ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int, mu: Double?
    ) throws(SchedulerError) {
        guard !configuration.invertsSigmas else {
            throw .unsupportedOption(
                scheduler: SchedulerClass.flowMatchEulerDiscrete.rawValue, key: "invert_sigmas", value: "true",
                allowed: ["false"])
        }
        let total = Float(configuration.trainingTimesteps)
        let shift = configuration.shift
        let isDynamic = configuration.usesDynamicShifting
        var (highest, lowest) = (Float(1), 1 / total)
        if !isDynamic {
            highest = Float(shift) * highest / (1 + Float(shift - 1) * highest)
            lowest = Float(shift) * lowest / (1 + Float(shift - 1) * lowest)
        }
        var sigmas = evenlySpaced(
            from: Double(highest) * Double(total), to: Double(lowest) * Double(total), count: steps
        ).map { $0 / Double(total) }
        if isDynamic {
            guard let mu else { throw .missingShift }
            let weight = configuration.timeShift == .exponential ? exp(mu) : mu
            sigmas = sigmas.map { weight / (weight + (1 / $0 - 1)) }
        } else {
            sigmas = sigmas.map { shift * $0 / (1 + (shift - 1) * $0) }
        }
        if let terminal = configuration.terminalShift, terminal > 0, let last = sigmas.last {
            let scale = (1 - last) / (1 - terminal)
            sigmas = sigmas.map { 1 - (1 - $0) / scale }
        }
        if configuration.sigmaSpacing != .lu,
            let spaced = configuration.sigmaSpacing.sigmas(
                from: configuration.sigmaMaximum ?? sigmas[0],
                to: configuration.sigmaMinimum ?? sigmas[steps - 1], count: steps)
        {
            sigmas = spaced
        }
        self.sigmas = sigmas.dropFirst(begin).map(Float.init) + [0]
        timesteps = self.sigmas.dropLast().map { $0 * total }
        isStochastic = configuration.samplesStochastically
        noiseScale = options.noiseScale
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let (sigma, next) = (sigmas[stepIndex], sigmas[stepIndex + 1])
        guard isStochastic else { return sample + (next - sigma) * modelOutput }
        let x0 = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        return (1 - next) * x0 + (noiseScale * next) * noise()
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        sample - sigmas[stepIndex] * modelOutput
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        sigmas[stepIndex] * noise + (1 - sigmas[stepIndex]) * original
    }
}
