import NeuralNetwork

/// Heun's method: Euler's, and then again with the mean of the slopes at both ends.
///
/// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022, algorithm 2. Reference:
/// `k_diffusion/sampling.py`, `sample_heun`, which is diffusers' `HeunDiscreteScheduler` with churn.
struct HeunDiscreteScheduler: SigmaScheduler {
    let trajectory: SigmaTrajectory

    /// The sample that the step began with, and the slope there.
    private var beginning: (sample: Tensor, derivative: Tensor)?

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        trajectory = SigmaTrajectory(
            configuration, for: .heunDiscrete, options, steps: steps, begin: begin, churns: true
        ) { _, next in next }
    }

    func addChurn(_ noise: () -> Tensor, to sample: Tensor, at stepIndex: Int) -> Tensor {
        trajectory.addChurn(noise, to: sample, at: stepIndex)
    }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let evaluation = trajectory.evaluations[stepIndex]
        let derivative = trajectory.derivative(modelOutput, at: stepIndex, sample)
        guard evaluation.isSecond, let (sample, first) = beginning else {
            if trajectory.asksTwice(at: stepIndex) { beginning = (sample, derivative) }
            return sample + (trajectory.ends(of: evaluation).next - evaluation.sigma) * derivative
        }
        beginning = nil
        let dt = evaluation.sigma - trajectory.evaluations[stepIndex - 1].sigma
        return sample + dt * ((first + derivative) / 2)
    }
}
