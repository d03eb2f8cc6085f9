import NeuralNetwork

/// Euler's method that goes further down than the next noise level and comes back up with fresh noise.
///
/// Katherine Crowson, `k_diffusion/sampling.py`, `sample_euler_ancestral`, 2022. Reference: diffusers 0.42.1,
/// `schedulers/scheduling_euler_ancestral_discrete.py`; for another eta or scale of the noise, k-diffusion.
struct EulerAncestralDiscreteScheduler: SigmaScheduler {
    let trajectory: SigmaTrajectory

    private let eta: Float

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        trajectory = SigmaTrajectory(
            configuration, for: .eulerAncestralDiscrete, options, steps: steps, begin: begin)
        eta = options.eta ?? 1
    }

    func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let (sigma, next) = trajectory.ends(of: trajectory.evaluations[stepIndex])
        let (down, up) = SamplingOptions.ancestralStep(from: sigma, to: next, eta: eta)
        // The last step draws noise too and adds none of it, so that the generator goes on as in diffusers.
        return sample + (down - sigma) * trajectory.derivative(modelOutput, at: stepIndex, sample)
            + (trajectory.noiseScale * up) * noise()
    }
}
