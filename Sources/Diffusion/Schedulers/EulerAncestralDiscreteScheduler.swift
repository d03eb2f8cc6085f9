import NeuralNetwork

/// Euler's method that goes further down than the next noise level and comes back up with fresh noise.
///
/// Katherine Crowson, `k_diffusion/sampling.py`, `sample_euler_ancestral`, 2022. Reference: diffusers 0.42.1,
/// `schedulers/scheduling_euler_ancestral_discrete.py`.
struct EulerAncestralDiscreteScheduler: Scheduler {
    private let schedule: EulerSchedule

    init(_ configuration: SchedulerConfiguration, steps: Int, begin: Int) {
        schedule = EulerSchedule(configuration, for: .eulerAncestralDiscrete, steps: steps, begin: begin)
    }

    var timesteps: [Float] { schedule.timesteps }

    var initialNoiseSigma: Float { schedule.initialNoiseSigma }

    func scaleModelInput(_ sample: Tensor, at stepIndex: Int) -> Tensor {
        schedule.scaleModelInput(sample, at: stepIndex)
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let (sigma, next) = (schedule.sigmas[stepIndex], schedule.sigmas[stepIndex + 1])
        let (variance, nextVariance) = (sigma * sigma, next * next)
        let sigmaUp = (nextVariance * (variance - nextVariance) / variance).squareRoot()
        let sigmaDown = (nextVariance - sigmaUp * sigmaUp).squareRoot()
        let dt = sigmaDown - sigma
        // The last step draws noise too and adds none of it, so that the generator goes on as in diffusers.
        return sample + dt * schedule.derivative(modelOutput, at: stepIndex, sample) + sigmaUp * noise()
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        schedule.predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        schedule.addNoise(noise, to: original, at: stepIndex)
    }
}
