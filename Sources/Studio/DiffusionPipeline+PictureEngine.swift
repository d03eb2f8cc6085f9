public import Diffusion
public import Imaging
import NeuralNetwork
public import Privacy

extension DiffusionPipeline: PictureEngine {
    /// What may be known about the model.
    public var card: ModelCard { ModelCard(description) }

    /// Encodes the prompts; their texts are freed when this returns.
    public func encode(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> Conditioning {
        try prompt.withText { prompt in
            try negativePrompt.withText { negativePrompt in
                do throws(DiffusionError) {
                    return try encode(
                        prompt: copy prompt, negativePrompt: copy negativePrompt,
                        guidanceScale: settings.guidanceScale, clipSkip: settings.clipSkip,
                        syntax: settings.promptSyntax)
                } catch {
                    throw RequestError(error) ?? error
                }
            }
        }
    }

    /// What the text encoders see of the prompts, where they have no room for all of them.
    public func drawnPrompts(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> DrawnPrompts? {
        let hasNegative = isGuided(settings.guidanceScale)
        return DrawnPrompts(
            prompt: try seen(of: prompt, settings),
            negativePrompt: hasNegative ? try seen(of: negativePrompt, settings) : nil)
    }

    private func seen(of prompt: borrowing Prompt, _ settings: GenerationSettings) throws -> Prompt? {
        guard let text = try prompt.withText({ try seen(of: copy $0, syntax: settings.promptSyntax) }) else {
            return nil
        }
        return Prompt(text)
    }

    /// How often the sampler asks the denoiser about one picture.
    public func evaluations(of settings: GenerationSettings, isImageToImage: Bool) throws -> Int {
        try translatingErrors {
            try evaluations(denoising(settings, seed: 0), isImageToImage: isImageToImage)
        }
    }

    private func denoising(_ settings: GenerationSettings, seed: UInt64) -> DenoisingSettings {
        var denoising = DenoisingSettings(
            for: description, width: settings.width, height: settings.height, steps: settings.steps,
            guidanceScale: settings.guidanceScale, sampler: settings.sampler.flatMap(Sampler.init(rawValue:)),
            seed: seed, strength: settings.strength)
        denoising.schedule = settings.schedule.flatMap(SigmaSchedule.init(rawValue:))
        denoising.eta = settings.eta
        denoising.churn = settings.churn
        denoising.churnMinimum = settings.churnMinimum
        denoising.churnMaximum = settings.churnMaximum
        denoising.noiseScale = settings.noiseScale
        denoising.variationSeed = settings.variationSeed ?? 0
        denoising.variationStrength = settings.variationStrength
        denoising.noiseSize = settings.noiseSize
        denoising.noiseSeedDelta = settings.noiseSeedDelta
        denoising.rules = settings.rules
        return denoising
    }

    /// Tells errors that are the request's as such.
    private func translatingErrors<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DiffusionError {
            throw RequestError(error) ?? error
        } catch SchedulerError.stepsOutOfRange(_, let allowed) {
            throw RequestError.outOfRange(.steps, allowed: allowed)
        } catch SchedulerError.scheduleMismatch(let sampler) {
            throw RequestError.scheduleWithout(sampler)
        }
    }

    /// Sets up one picture.
    public func begin(
        _ settings: GenerationSettings, seed: UInt64, conditioning: Conditioning,
        initialPicture: borrowing PixelBuffer?, mask: borrowing PixelBuffer?
    ) throws -> DenoisingTask {
        let (picture, mask) = (tensor(initialPicture), tensor(mask))
        return try translatingErrors {
            try begin(
                denoising(settings, seed: seed), conditioning: conditioning, initialPicture: picture, mask: mask,
                maskFill: settings.maskFill)
        }
    }

    private func tensor(_ picture: borrowing PixelBuffer?) -> Tensor? {
        switch picture {
        case .some(let picture): Tensor(picture, on: device)
        case .none: nil
        }
    }

    /// Whether the task's latents are still numbers.
    public func isFinite(_ task: DenoisingTask) -> Bool { task.isFinite }

    /// An upper estimate, for prompts of one chunk; longer ones are small beside it.
    public func workingBytes(width: Int, height: Int, batch: Int) -> Int {
        workingBytes(width: width, height: height, batch: batch, chunks: 1)
    }

    /// Whether the latents of both have one shape.
    public func canShareStep(_ task: DenoisingTask, _ other: DenoisingTask) -> Bool {
        task.latentShape == other.latentShape
    }

    /// How many steps of the task are done, and how many it has.
    public func progress(of task: DenoisingTask) -> (completed: Int, total: Int) {
        (task.completedSteps, task.totalSteps)
    }

    /// How the picture will look, from what the denoiser expects by now.
    public func preview(of task: DenoisingTask) throws -> PixelBuffer? { PixelBuffer(preview(of: task)) }

    /// The pixels of a task whose steps are done, which the model's checker has seen if it comes with one.
    public func decode(_ task: DenoisingTask) throws -> PixelBuffer {
        let picture = try decode([task])
        guard !isUnsuitable(picture) else { throw UnsuitablePicture() }
        return PixelBuffer(picture)
    }

    /// Overwrites the memory that embeddings, latents and pictures were in. What of it is not much is kept for the next
    /// request, which would wait for the system to hand it out again.
    public func forget(isIdle: Bool) {
        device.memory.overwrite()
        if isIdle { device.memory.trim() }
    }
}

extension ModelCard {
    /// What a model folder says of itself.
    public init(_ description: ModelDescription) {
        self.init(
            identifier: description.identifier, name: description.name, defaultWidth: description.defaultWidth,
            defaultHeight: description.defaultHeight, defaultSteps: description.defaultSteps,
            defaultGuidanceScale: description.defaultGuidanceScale,
            defaultSampler: description.defaultSampler?.rawValue, samplers: description.samplers.map(\.rawValue),
            sizeMultiple: description.sizeMultiple, nativeWidth: description.nativeWidth,
            nativeHeight: description.nativeHeight, workingPixels: description.workingPixels,
            upscaler: description.upscaler,
            suggestedPrompts: description.suggestedPrompts,
            promptLanguage: description.promptLanguage, styles: description.styles,
            ownSampler: description.ownSampler?.rawValue, vocabulary: description.vocabulary,
            glossary: description.glossary, hasPlainGround: description.hasPlainGround)
    }
}

extension RequestError {
    /// What a request asked of a model that cannot do it; nil for an error that is not the request's.
    fileprivate init?(_ error: DiffusionError) {
        switch error {
        case .clipSkip(_, let maximum):
            self = .outOfRange(.clipSkip, allowed: 0...maximum)
        case .prompt(let problem):
            self = .unreadablePrompt(.prompt, problem)
        case .negativePrompt(let problem):
            self = .unreadablePrompt(.negativePrompt, problem)
        // The studio asks for sizes that the model can make.
        case .size, .partsDisagree, .notFinite:
            return nil
        }
    }
}
