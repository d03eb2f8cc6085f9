import NeuralNetwork

/// Euler's method on the probability flow in sigma.
///
/// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022, algorithm 2 without
/// churn. Reference: diffusers 0.42.1, `schedulers/scheduling_euler_discrete.py`.
struct EulerDiscreteScheduler: Scheduler {
    private let schedule: EulerSchedule

    init(_ configuration: SchedulerConfiguration, steps: Int, begin: Int) {
        schedule = EulerSchedule(configuration, for: .eulerDiscrete, steps: steps, begin: begin)
    }

    var timesteps: [Float] { schedule.timesteps }

    var initialNoiseSigma: Float { schedule.initialNoiseSigma }

    func scaleModelInput(_ sample: Tensor, at stepIndex: Int) -> Tensor {
        schedule.scaleModelInput(sample, at: stepIndex)
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let dt = schedule.sigmas[stepIndex + 1] - schedule.sigmas[stepIndex]
        return sample + dt * schedule.derivative(modelOutput, at: stepIndex, sample)
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        schedule.predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        schedule.addNoise(noise, to: original, at: stepIndex)
    }
}
