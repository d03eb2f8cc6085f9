import Foundation
import NeuralNetwork

/// DPM-Solver++ for the stochastic differential equation, in two stages.
///
/// Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models", 2022. Reference:
/// `k_diffusion/sampling.py`, `sample_dpmpp_sde`; its noise is that of the picture's generator, not of a Brownian tree.
struct DPMSolverSDEScheduler: SigmaScheduler {
    let trajectory: SigmaTrajectory

    private let eta: Float
    /// The sample that the step began with.
    private var beginning: Tensor?

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        eta = options.eta ?? 1
        trajectory = SigmaTrajectory(configuration, for: .dpmSolverSDE, options, steps: steps, begin: begin) {
            sigma, next in next > 0 ? exp((log(sigma) + log(next)) / 2) : nil
        }
    }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let evaluation = trajectory.evaluations[stepIndex]
        let x0 = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        let (sigma, next) = trajectory.ends(of: evaluation)
        // With r = 1/2, the clean sample at the middle alone counts.
        if evaluation.isSecond, let first = beginning {
            beginning = nil
            return go(first, toward: x0, from: sigma, to: next, noise)
        }
        guard trajectory.asksTwice(at: stepIndex) else { return sample + (next - sigma) * ((sample - x0) / sigma) }
        beginning = sample
        return go(sample, toward: x0, from: sigma, to: trajectory.evaluations[stepIndex + 1].sigma, noise)
    }

    private func go(
        _ sample: Tensor, toward x0: Tensor, from sigma: Float, to next: Float, _ noise: () -> Tensor
    ) -> Tensor {
        let (down, up) = SamplingOptions.ancestralStep(from: sigma, to: next, eta: eta)
        let ratio = down / sigma
        return ratio * sample - expm1(log(ratio)) * x0 + (trajectory.noiseScale * up) * noise()
    }
}
