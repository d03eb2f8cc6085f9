public import NeuralNetwork

/// One picture's way from noise to latents: which timesteps the denoiser is asked at, and what each answer does.
///
/// A scheduler is a value that holds the state of one trajectory. It is used as diffusers uses its own:
///
///     var scheduler = try configuration.makeScheduler(steps: 20)
///     var sample = scheduler.initialNoiseSigma * noise
///     for (index, timestep) in scheduler.timesteps.enumerated() {
///         sample = scheduler.addChurn({ freshNoise() }, to: sample, at: index)
///         let output = denoiser(scheduler.scaleModelInput(sample, at: index), timestep)
///         sample = scheduler.step(modelOutput: output, at: index, sample: sample) { freshNoise() }
///     }
///
/// Everything is element-wise, so that any layout of the latents does.
public protocol Scheduler: Sendable {
    /// What the denoiser is told, one for each of its evaluations, in their order.
    var timesteps: [Float] { get }

    /// The standard deviation of the noise that text to image starts from.
    var initialNoiseSigma: Float { get }

    /// The sample as the denoiser expects it.
    func scaleModelInput(_ sample: Tensor, at stepIndex: Int) -> Tensor

    /// Adds the noise that the scheduler wants in a sample before the denoiser is asked about it, where it wants any.
    ///
    /// Called once before each evaluation.
    ///
    /// - Parameters:
    ///   - noise: Draws standard normal noise of the sample's shape; called only by a scheduler that needs it.
    ///   - sample: What the last step returned, or the sample that the trajectory begins with.
    ///   - stepIndex: The position in `timesteps`.
    func addChurn(_ noise: () -> Tensor, to sample: Tensor, at stepIndex: Int) -> Tensor

    /// Goes one step further; steps are taken in order, each once.
    ///
    /// - Parameters:
    ///   - modelOutput: What the denoiser answered, of the sample's shape.
    ///   - stepIndex: The position in `timesteps`.
    ///   - sample: What the denoiser was asked about, before it was scaled.
    ///   - noise: Draws standard normal noise of the sample's shape; called only by a scheduler that needs it.
    /// - Returns: The sample at the next timestep, or the latents after the last.
    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor

    /// The clean latents that an answer of the denoiser points to, `x0` in the papers: what previews show.
    ///
    /// - Parameters:
    ///   - modelOutput: What the denoiser answered, of the sample's shape.
    ///   - stepIndex: The position in `timesteps` that it was asked at.
    ///   - sample: The sample it was asked about, as ``step(modelOutput:at:sample:noise:)`` was given it.
    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor

    /// Noises clean latents to the level of a step, where image to image begins.
    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor
}

extension Scheduler {
    /// Variance-preserving schedulers start from standard normal noise.
    public var initialNoiseSigma: Float { 1 }

    /// Most schedulers take samples as they are.
    public func addChurn(_ noise: () -> Tensor, to sample: Tensor, at stepIndex: Int) -> Tensor { sample }

    /// Variance-preserving schedulers show the denoiser the sample as it is.
    public func scaleModelInput(_ sample: Tensor, at stepIndex: Int) -> Tensor { sample }
}
