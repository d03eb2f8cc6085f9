/// What a request may say of the sampling, besides the sampler and the number of steps.
public struct SamplingOptions: Sendable, Equatable {
    /// How the noise levels are spaced; as the sampler and the model do it when nil.
    public var schedule: SigmaSchedule?
    /// How much of the noise that a step takes away is drawn afresh, by samplers that do so; their own share when nil.
    public var eta: Float?
    /// How much noise each step adds before it takes some away, by samplers that can (`s_churn`).
    public var churn: Float = 0
    /// The lowest noise level at which noise is added (`s_tmin`).
    public var churnMinimum: Float = 0
    /// The highest noise level at which noise is added (`s_tmax`).
    public var churnMaximum: Float = .infinity
    /// What noise drawn after the first is multiplied with (`s_noise`).
    public var noiseScale: Float = 1
    /// Whose rules say how many steps a strength comes to.
    public var rules = SamplingRules.native

    /// As the sampler does it by itself.
    public init() {}

    /// By which part of itself a step's noise level is raised before the denoiser is asked, gamma in algorithm 2 of
    /// Karras et al., 2022.
    func churnFactor(at sigma: Float, steps: Int) -> Float {
        guard churn > 0, churnMinimum <= sigma, sigma <= churnMaximum else { return 0 }
        return min(churn / Float(steps), Float(2).squareRoot() - 1)
    }

    /// How far an ancestral step goes down, and how much noise it adds to come back up to the next level.
    ///
    /// Reference: `k_diffusion/sampling.py`, `get_ancestral_step`.
    static func ancestralStep(from sigma: Float, to next: Float, eta: Float) -> (down: Float, up: Float) {
        guard eta > 0 else { return (next, 0) }
        let (variance, nextVariance) = (sigma * sigma, next * next)
        let up = min(next, eta * (nextVariance * (variance - nextVariance) / variance).squareRoot())
        return ((nextVariance - up * up).squareRoot(), up)
    }
}
