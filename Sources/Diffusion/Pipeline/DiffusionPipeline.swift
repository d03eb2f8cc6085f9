public import NeuralNetwork
import Synchronization

/// A model: prompts to embeddings, noise to latents in steps, latents to pictures.
///
/// The denoiser's step serves any number of pictures at once, each at a timestep of its own and with a sampler of its
/// own; only their latents' shape has to agree.
/// Reference: diffusers, `pipelines/stable_diffusion`, `stable_diffusion_xl` and `latent_consistency_models`.
public final class DiffusionPipeline: Sendable {
    /// What the model's folder says.
    public let description: ModelDescription

    /// The processor that the model runs on.
    public let device: Device

    let conditioner: TextConditioner
    let unet: UNet2DConditionModel
    let autoencoder: any Autoencoder
    let autoencoderMemory: any AutoencoderMemory
    let safetyChecker: SafetyChecker?
    /// What previews are drawn with; fitted when the first is asked for.
    let latentPreview = Mutex<LatentPreview?>(nil)
    private let stage = Mutex<PipelineStage?>(nil)
    private let scheduling: SchedulerConfiguration
    private let index: ModelIndex

    /// Loads a model from a folder in the diffusers layout.
    ///
    /// - Throws: `ConfigurationError`, `SafetensorsError`, `TokenizerError`, `SchedulerError` or `DiffusionError`: which
    ///   file, what is wrong, what is allowed.
    public init(folder path: String, device: Device) throws {
        let folder = ComponentFolder(path)
        self.device = device
        description = try ModelDescription(folder: path)
        index = try folder.configuration(from: "model_index.json")
        _ = try index.requireComponent("unet", oneOf: ["UNet2DConditionModel"])
        conditioner = try TextConditioner(folder, index: index, on: device)
        unet = try UNet2DConditionModel(
            Weights(folder: folder.file("unet")), configuration: folder.folder("unet").configuration(), on: device)
        (autoencoder, autoencoderMemory) = try Self.autoencoder(folder.folder("vae"), index: index, on: device)
        safetyChecker = try Self.safetyChecker(folder, index: index, on: device)
        let scheduling = try SchedulerConfiguration(contentsOfFile: folder.file("scheduler/scheduler_config.json"))
        let isStableDiffusion =
            index.pipelineClass == .stableDiffusion || index.pipelineClass == .stableDiffusionImageToImage
        self.scheduling = isStableDiffusion ? scheduling.correctedForStableDiffusion() : scheduling
        // A folder's own scheduler has to exist and to suit its model, before anyone asks for a picture.
        _ = try self.scheduling.makeScheduler(sampler: description.defaultSampler, steps: description.defaultSteps)
        try checkThatPartsFit(in: path)
        // What packed weights were made from.
        device.memory.erase()
    }

    private static func autoencoder(
        _ folder: ComponentFolder, index: ModelIndex, on device: Device
    ) throws -> (any Autoencoder, any AutoencoderMemory) {
        let weights = try Weights(folder: folder.path)
        if try index.requireComponent("vae", oneOf: ["AutoencoderKL", "AutoencoderTiny"]) == "AutoencoderTiny" {
            let model = try AutoencoderTiny(weights, configuration: folder.configuration(), on: device)
            return (model, model.configuration)
        }
        let model = try AutoencoderKL(weights, configuration: folder.configuration(), on: device)
        return (model, model.configuration)
    }

    /// The folder's checker; nil where there is none.
    private static func safetyChecker(
        _ folder: ComponentFolder, index: ModelIndex, on device: Device
    ) throws -> SafetyChecker? {
        guard index.hasSafetyChecker(in: folder) else { return nil }
        _ = try index.requireComponent("safety_checker", oneOf: ["StableDiffusionSafetyChecker"])
        return try SafetyChecker(
            folder: folder.folder("safety_checker"), featureExtractor: folder.folder("feature_extractor"), on: device)
    }

    private func checkThatPartsFit(in folder: String) throws {
        let configuration = unet.configuration
        let latent = autoencoder.latentChannels
        guard configuration.inChannels == latent && configuration.outChannels == latent else {
            throw DiffusionError.partsDisagree(
                folder: folder,
                problem: "the U-net takes \(configuration.inChannels) and gives \(configuration.outChannels) channels, "
                    + "but the autoencoder's latents have \(latent); models for inpainting are not supported")
        }
        guard configuration.crossAttentionDimensions.allSatisfy({ $0 == conditioner.width }) else {
            throw DiffusionError.partsDisagree(
                folder: folder,
                problem: "the U-net expects prompts of width \(configuration.crossAttentionDimensions), "
                    + "but the text encoders give \(conditioner.width)")
        }
        if let embedding = configuration.textTimeEmbedding {
            let sizes = timeIDs(width: description.sizeMultiple, height: description.sizeMultiple).positive.count
            let given = conditioner.pooledWidth.map { $0 + sizes * embedding.timeDimension }
            guard given == embedding.inputDimension else {
                throw DiffusionError.partsDisagree(
                    folder: folder,
                    problem: "the U-net's added embedding takes \(embedding.inputDimension) numbers, "
                        + (given.map { "but sizes and prompts give \($0)" } ?? "but the text encoders give none"))
            }
        }
    }

    /// Turns a prompt into what the denoiser is told.
    ///
    /// - Parameters:
    ///   - prompt: What the picture should show. CLIP reads it in chunks of 75 tokens; BERT cuts its end off.
    ///   - negativePrompt: What it should not show; of no effect without guidance.
    ///   - guidanceScale: How strongly the prompt guides.
    ///   - clipSkip: How many of the text encoder's last layers are left out.
    ///   - syntax: How both prompts are read.
    public func encode(
        prompt: String, negativePrompt: String = "", guidanceScale: Float, clipSkip: Int = 0,
        syntax: PromptSyntax = .plain
    ) throws(DiffusionError) -> Conditioning {
        guard 0...conditioner.maximumClipSkip ~= clipSkip else {
            throw .clipSkip(clipSkip, maximum: conditioner.maximumClipSkip)
        }
        enter(.readingPrompts)
        return try conditioner(
            prompt, negativePrompt: isGuided(guidanceScale) ? negativePrompt : nil, clipSkip: clipSkip, syntax: syntax)
    }

    /// What the text encoders see of a prompt, in its own syntax; nil where that is all of it.
    ///
    /// Drawing what is seen alone gives the same picture.
    public func seen(of prompt: String, syntax: PromptSyntax) throws(PromptProblem) -> String? {
        try conditioner.seen(of: prompt, syntax: syntax)
    }

    /// Whether a negative prompt has an effect. A latent consistency model is told the scale itself and answers in one
    /// pass.
    public func isGuided(_ guidanceScale: Float) -> Bool {
        guidanceScale > 1 && unet.configuration.timeConditionDimension == nil
    }

    /// What each text encoder is given of a prompt: its beginning, as far as one chunk reaches.
    package func tokens(of prompt: String) -> [[Int32]] { conditioner.tokens(of: prompt) }

    /// Sets up a picture, from noise or from another picture, all of it or a part.
    ///
    /// - Parameters:
    ///   - settings: How the picture is made.
    ///   - conditioning: What it shows.
    ///   - initialPicture: `[1, height, width, 3]` in 0…1, of the settings' size; of another size, its latents are
    ///     stretched.
    ///   - mask: `[1, height, width, 1]` in 0…1: 1 where the initial picture is drawn anew, 0 where it is kept.
    ///   - maskFill: What is under the mask to begin with; `fill` is `original` here, the filling is the caller's.
    /// - Throws: `DiffusionError` or `SchedulerError` for settings that the model cannot follow.
    public func begin(
        _ settings: DenoisingSettings, conditioning: Conditioning, initialPicture: Tensor? = nil, mask: Tensor? = nil,
        maskFill: MaskFill = .original
    ) throws -> DenoisingTask {
        let (width, height, multiple) = (settings.width, settings.height, description.sizeMultiple)
        guard width > 0 && height > 0 && width.isMultiple(of: multiple) && height.isMultiple(of: multiple) else {
            throw DiffusionError.size(width: width, height: height, multiple: multiple)
        }
        let scheduler = try scheduler(for: settings, isImageToImage: initialPicture != nil)
        var noise = PictureNoise(
            settings,
            shape: LatentNoise.Shape(
                channels: autoencoder.latentChannels, height: height / multiple, width: width / multiple),
            scale: multiple)
        precondition(mask == nil || initialPicture != nil, "a mask without a picture to keep a part of")
        var latents: Tensor
        var latentMask: LatentMask?
        if let initialPicture {
            let isWhole = initialPicture.shape[1...2].allSatisfy { $0 > 0 && $0.isMultiple(of: multiple) }
            precondition(initialPicture.shape[3] == 3 && isWhole, "a picture of \(initialPicture.shape)")
            enter(.encoding(initialPicture.shape))
            let clean = initialLatents(
                of: initialPicture, height: height / multiple, width: width / multiple
            ) { noise.forEncoding().tensor(on: device) }
            let start = noise.first().tensor(on: device)
            latents = scheduler.addNoise(start, to: clean, at: 0)
            if let mask {
                precondition(mask.shape == [1, height, width, 1], "a mask of \(mask.shape)")
                let reduced = LatentMask.reduced(mask, scale: multiple)
                latentMask = LatentMask(mask: reduced, original: clean, noise: start)
                let isAllNoise = settings.rules == .native && settings.strength >= 1
                latents =
                    switch maskFill {
                    case _ where isAllNoise: scheduler.initialNoiseSigma * start
                    case .fill, .original: latents
                    case .latentNoise:
                        scheduler.addNoise(
                            start,
                            to: LatentMask.blend(noise.underMask().tensor(on: device), over: clean, reduced), at: 0)
                    case .latentNothing:
                        scheduler.addNoise(start, to: LatentMask.blend(0 * clean, over: clean, reduced), at: 0)
                    }
            }
        } else {
            latents = scheduler.initialNoiseSigma * noise.first().tensor(on: device)
        }
        return DenoisingTask(
            latents: latents, scheduler: scheduler, noise: noise, conditioning: conditioning,
            guidanceScale: settings.guidanceScale, timeIDs: timeIDs(width: width, height: height),
            guidanceEmbedding: guidanceEmbedding(settings.guidanceScale), mask: latentMask)
    }

    /// How often the denoiser is asked about a picture, which is more than once for some samplers' steps.
    ///
    /// - Throws: `SchedulerError` for settings that the model cannot follow.
    public func evaluations(_ settings: DenoisingSettings, isImageToImage: Bool) throws -> Int {
        try scheduler(for: settings, isImageToImage: isImageToImage).timesteps.count
    }

    private func scheduler(for settings: DenoisingSettings, isImageToImage: Bool) throws -> any Scheduler {
        try scheduling.makeScheduler(
            sampler: settings.sampler, steps: settings.steps, strength: isImageToImage ? settings.strength : nil,
            options: settings.samplingOptions)
    }

    /// Takes every task one step on, in one pass of the denoiser.
    ///
    /// - Parameter tasks: Unfinished tasks whose latents have one shape.
    public func step(_ tasks: inout [DenoisingTask]) {
        guard let shape = tasks.first?.latentShape else { return }
        precondition(tasks.allSatisfy { $0.latentShape == shape && !$0.isFinished }, "tasks that cannot share a step")
        enter(.denoising)
        // A pass takes prompts of one length; most have one chunk.
        for group in Dictionary(grouping: tasks.indices, by: { tasks[$0].contextLength }).values {
            step(&tasks, at: group)
        }
    }

    private func step(_ tasks: inout [DenoisingTask], at indices: [Int]) {
        let asked = indices.map { tasks[$0].embeddings }
        let perSample = Swift.zip(indices, asked).flatMap { index, embeddings in embeddings.map { (tasks[index], $0) } }
        let pooled = perSample.compactMap(\.1.0.pooled)
        let guidance = perSample.compactMap(\.0.guidanceEmbedding)
        let output = unet(
            .concatenatingBatch(perSample.map(\.0.denoiserInput)),
            UNet2DConditionModel.Conditions(
                timesteps: perSample.map(\.0.timestep),
                context: .concatenatingBatch(perSample.map(\.1.0.context)),
                pooled: pooled.isEmpty ? nil : .concatenatingBatch(pooled),
                timeIDs: perSample.map(\.1.timeIDs),
                guidance: guidance.isEmpty ? nil : .concatenatingBatch(guidance)))
        var next = 0
        for (index, embeddings) in Swift.zip(indices, asked) {
            tasks[index].advance(with: (next..<next + embeddings.count).map { output.samples($0..<$0 + 1) })
            next += embeddings.count
        }
    }

    /// Turns the latents of finished tasks into pictures.
    ///
    /// - Returns: `[batch, height, width, 3]` in 0…1.
    /// - Throws: `DiffusionError.notFinite` when a calculation has left the range of numbers.
    public func decode(_ tasks: [DenoisingTask]) throws(DiffusionError) -> Tensor {
        guard tasks.allSatisfy(\.isFinite) else { throw .notFinite }
        let latents = Tensor.concatenatingBatch(tasks.map(\.latents))
        enter(.decoding(latents.shape))
        return autoencoder.decode(latents / autoencoder.scalingFactor).map { min(1, max(0, $0 / 2 + 0.5)) }
    }

    /// Whether the model's own checker finds a picture unsuitable; never where the model has none.
    ///
    /// - Parameter picture: `[1, height, width, 3]` in 0…1.
    public func isUnsuitable(_ picture: Tensor) -> Bool {
        guard let safetyChecker else { return false }
        enter(.checking)
        return safetyChecker.isUnsuitable(picture)
    }

    /// Begins a stage: what another one has left idle is of no use to it, where their tensors differ in size.
    func enter(_ next: PipelineStage) {
        let isAnother = stage.withLock { stage in
            defer { stage = next }
            return stage != next
        }
        if isAnother { device.memory.trim() }
    }

    /// Original size, crop and target size, as Stable Diffusion XL is told them; or an aesthetics score.
    private func timeIDs(width: Int, height: Int) -> (positive: [Float], negative: [Float]) {
        guard unet.configuration.textTimeEmbedding != nil else { return ([], []) }
        let size = [Float(height), Float(width)]
        let crop: [Float] = [0, 0]
        guard index.requiresAestheticsScore else { return (size + crop + size, size + crop + size) }
        return (size + crop + [6], size + crop + [2.5])
    }

    /// The guidance scale as latent consistency models are told it (Luo et al. 2023, arXiv:2310.04378).
    ///
    /// Reference: diffusers, `get_guidance_scale_embedding`.
    private func guidanceEmbedding(_ scale: Float) -> Tensor? {
        unet.configuration.timeConditionDimension.map { width in
            Timesteps(width: width, flipSinToCos: false, frequencyShift: 1)([(scale - 1) * 1000], on: device)
        }
    }
}
