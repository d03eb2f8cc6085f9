public import NeuralNetwork

/// One picture on its way from noise to latents. A value: dropped is forgotten.
public struct DenoisingTask: Sendable {
    /// The latents as they are now, `[1, height, width, channels]`.
    public internal(set) var latents: Tensor

    /// How many steps are done.
    public private(set) var completedSteps = 0

    var scheduler: any Scheduler
    var noise: PictureNoise
    let conditioning: Conditioning
    let guidanceScale: Float
    /// What Stable Diffusion XL is told of sizes, for the prompt and for what guidance leads away from.
    let timeIDs: (positive: [Float], negative: [Float])
    /// The embedding of the guidance scale `[1, width]`, for latent consistency models.
    let guidanceEmbedding: Tensor?
    /// What keeps a part of an initial picture as it is.
    let mask: LatentMask?
    /// What the denoiser was last asked about, and what it answered.
    private var last: (sample: Tensor, output: Tensor)?

    init(
        latents: Tensor, scheduler: any Scheduler, noise: PictureNoise, conditioning: Conditioning,
        guidanceScale: Float, timeIDs: (positive: [Float], negative: [Float]), guidanceEmbedding: Tensor?,
        mask: LatentMask? = nil
    ) {
        self.latents = latents
        self.scheduler = scheduler
        self.noise = noise
        self.conditioning = conditioning
        self.guidanceScale = guidanceScale
        self.timeIDs = timeIDs
        self.guidanceEmbedding = guidanceEmbedding
        self.mask = mask
        addChurn()
    }

    /// How many steps there are.
    public var totalSteps: Int { scheduler.timesteps.count }

    /// Whether every step is done.
    public var isFinished: Bool { completedSteps >= totalSteps }

    /// Whether the latents are still numbers. Once they are not, no later step makes them so again.
    public var isFinite: Bool { latents.withElements { $0.allSatisfy(\.isFinite) } }

    /// Tasks whose latents have one shape may share a step.
    public var latentShape: [Int] { latents.shape }

    /// How many tokens the prompts' embeddings have.
    var contextLength: Int { conditioning.positive.context.shape[1] }

    /// The latents as the last answer of the denoiser lets expect them at the end; as they are before the first.
    var expectedLatents: Tensor {
        guard let last, !isFinished else { return latents }
        let x0 = scheduler.predictOriginal(from: last.output, at: completedSteps - 1, sample: last.sample)
        return mask?.keepingOriginal(in: x0, before: nil, of: scheduler) ?? x0
    }

    /// What the denoiser sees of the task: the latents once for each prompt that it is asked about.
    var denoiserInput: Tensor { scheduler.scaleModelInput(latents, at: completedSteps) }

    var timestep: Float { scheduler.timesteps[completedSteps] }

    /// The prompts that the denoiser is asked about, the negative one first, as diffusers has them.
    var embeddings: [(Conditioning.Embedding, timeIDs: [Float])] {
        let positive = (conditioning.positive, timeIDs: timeIDs.positive)
        guard let negative = conditioning.negative else { return [positive] }
        return [(negative, timeIDs: timeIDs.negative), positive]
    }

    /// Takes the denoiser's answers, one for each of `embeddings`, and goes one step on.
    mutating func advance(with outputs: [Tensor]) {
        let output =
            outputs.count == 2
            ? outputs[0].zip(outputs[1]) { [guidanceScale] away, toward in away + guidanceScale * (toward - away) }
            : outputs[0]
        last = (latents, output)
        let device = latents.device
        var noise = noise
        latents = scheduler.step(modelOutput: output, at: completedSteps, sample: latents) {
            noise.next().tensor(on: device)
        }
        self.noise = noise
        completedSteps += 1
        if let mask {
            latents = mask.keepingOriginal(in: latents, before: isFinished ? nil : completedSteps, of: scheduler)
        }
        addChurn()
    }

    /// Adds what the scheduler wants added before the denoiser is asked.
    private mutating func addChurn() {
        guard !isFinished else { return }
        let device = latents.device
        var noise = noise
        latents = scheduler.addChurn({ noise.next().tensor(on: device) }, to: latents, at: completedSteps)
        self.noise = noise
    }
}
