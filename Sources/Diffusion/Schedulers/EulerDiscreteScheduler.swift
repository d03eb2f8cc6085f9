import NeuralNetwork

/// Euler's method on the probability flow in sigma.
///
/// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022, algorithm 2 without its
/// correction. Reference: diffusers 0.42.1, `schedulers/scheduling_euler_discrete.py`; with churn,
/// `k_diffusion/sampling.py`, `sample_euler`.
struct EulerDiscreteScheduler: SigmaScheduler {
    let trajectory: SigmaTrajectory

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        trajectory = SigmaTrajectory(
            configuration, for: .eulerDiscrete, options, steps: steps, begin: begin, churns: true)
    }

    func addChurn(_ noise: () -> Tensor, to sample: Tensor, at stepIndex: Int) -> Tensor {
        trajectory.addChurn(noise, to: sample, at: stepIndex)
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let evaluation = trajectory.evaluations[stepIndex]
        let dt = trajectory.ends(of: evaluation).next - evaluation.sigma
        return sample + dt * trajectory.derivative(modelOutput, at: stepIndex, sample)
    }
}
