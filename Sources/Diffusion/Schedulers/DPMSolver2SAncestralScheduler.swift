import Foundation
import NeuralNetwork

/// DPM-Solver++(2S) with ancestral noise: a step along the clean sample that is expected at its middle.
///
/// Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models", 2022. Reference:
/// `k_diffusion/sampling.py`, `sample_dpmpp_2s_ancestral`.
struct DPMSolver2SAncestralScheduler: SigmaScheduler {
    let trajectory: SigmaTrajectory

    private let eta: Float
    /// The sample that the step began with.
    private var beginning: Tensor?

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        let eta = options.eta ?? 1
        self.eta = eta
        trajectory = SigmaTrajectory(
            configuration, for: .dpmSolver2SAncestral, options, steps: steps, begin: begin
        ) { sigma, next in
            let down = SamplingOptions.ancestralStep(from: sigma, to: next, eta: eta).down
            return down > 0 ? exp((log(sigma) + log(down)) / 2) : nil
        }
    }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let evaluation = trajectory.evaluations[stepIndex]
        let x0 = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        let (sigma, next) = trajectory.ends(of: evaluation)
        let (down, up) = SamplingOptions.ancestralStep(from: sigma, to: next, eta: eta)
        let result: Tensor
        if evaluation.isSecond, let first = beginning {
            beginning = nil
            result = Self.blend(first, toward: x0, ratio: down / sigma)
        } else if trajectory.asksTwice(at: stepIndex) {
            beginning = sample
            return Self.blend(sample, toward: x0, ratio: trajectory.evaluations[stepIndex + 1].sigma / sigma)
        } else {
            result = sample + (down - sigma) * ((sample - x0) / sigma)
        }
        return next > 0 ? result + (trajectory.noiseScale * up) * noise() : result
    }

    /// A first-order step to a level that is so much of the sample's: exact if the clean sample is.
    private static func blend(_ sample: Tensor, toward x0: Tensor, ratio: Float) -> Tensor {
        ratio * sample - expm1(log(ratio)) * x0
    }
}
