import Foundation
import NeuralNetwork

/// DPM-Solver-2 in sigma: a step along the slope at its middle, with or without ancestral noise.
///
/// Lu et al., "DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic Model Sampling in Around 10 Steps", 2022.
/// Reference: `k_diffusion/sampling.py`, `sample_dpm_2` and `sample_dpm_2_ancestral`, which are diffusers'
/// `KDPM2DiscreteScheduler` with churn and `KDPM2AncestralDiscreteScheduler` with eta.
struct KDPM2DiscreteScheduler: SigmaScheduler {
    let trajectory: SigmaTrajectory

    private let isAncestral: Bool
    private let eta: Float
    /// The sample that the step began with.
    private var beginning: Tensor?

    init(
        _ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int, isAncestral: Bool
    ) {
        let eta = isAncestral ? options.eta ?? 1 : 0
        self.isAncestral = isAncestral
        self.eta = eta
        trajectory = SigmaTrajectory(
            configuration, for: isAncestral ? .kdpm2AncestralDiscrete : .kdpm2Discrete, options, steps: steps,
            begin: begin, churns: !isAncestral
        ) { sigma, next in
            let down = SamplingOptions.ancestralStep(from: sigma, to: next, eta: eta).down
            return down > 0 ? exp((log(sigma) + log(down)) / 2) : nil
        }
    }

    func addChurn(_ noise: () -> Tensor, to sample: Tensor, at stepIndex: Int) -> Tensor {
        trajectory.addChurn(noise, to: sample, at: stepIndex)
    }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let evaluation = trajectory.evaluations[stepIndex]
        let derivative = trajectory.derivative(modelOutput, at: stepIndex, sample)
        let next = trajectory.ends(of: evaluation).next
        guard evaluation.isSecond, let first = beginning else {
            guard trajectory.asksTwice(at: stepIndex) else {
                // Where the next level is reached with noise alone, k-diffusion goes to zero and adds none.
                return sample + ((isAncestral ? 0 : next) - evaluation.sigma) * derivative
            }
            beginning = sample
            return sample + (trajectory.evaluations[stepIndex + 1].sigma - evaluation.sigma) * derivative
        }
        beginning = nil
        let sigma = trajectory.evaluations[stepIndex - 1].sigma
        guard isAncestral else { return first + (next - sigma) * derivative }
        let (down, up) = SamplingOptions.ancestralStep(from: sigma, to: next, eta: eta)
        return first + (down - sigma) * derivative + (trajectory.noiseScale * up) * noise()
    }
}
