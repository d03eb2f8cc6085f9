import Foundation

/// What a model folder holds, by its JSON files alone: no weights are read.
public struct ModelDescription: Sendable {
    /// A family of models.
    public enum Architecture: String, Sendable {
        /// Stable Diffusion 1.x and 2.x, and models of that build.
        case stableDiffusion = "Stable Diffusion"
        /// Stable Diffusion XL.
        case stableDiffusionXL = "Stable Diffusion XL"
        /// A latent consistency model.
        case latentConsistency = "Latent consistency"
    }

    /// The name that people read.
    public let name: String
    /// The folder's name, by which programs choose the model.
    public let identifier: String
    /// What the model is, in a sentence; empty when the folder does not say.
    public let summary: String
    /// The model's family.
    public let architecture: Architecture
    /// The width in pixels of pictures that nobody chose a size for.
    public let defaultWidth: Int
    /// The height in pixels of pictures that nobody chose a size for.
    public let defaultHeight: Int
    /// The width in pixels that the model was trained at.
    public let nativeWidth: Int
    /// The height in pixels that the model was trained at.
    public let nativeHeight: Int
    /// How many pixels a picture may have that the model makes well: from half to twice as many as it was trained on where
    /// its folder says so; nil where it makes pictures of any size.
    public let workingPixels: ClosedRange<Int>?
    /// Steps that suit the model.
    public let defaultSteps: Int
    /// A guidance scale that suits the model.
    public let defaultGuidanceScale: Float
    /// The sampler that suits the model; nil for the scheduler that its folder names.
    public let defaultSampler: Sampler?
    /// The sampler that is most like the scheduler that the folder names; nil for none.
    public let ownSampler: Sampler?
    /// The samplers that suit the model.
    public let samplers: [Sampler]
    /// Prompts that the model does well.
    public let suggestedPrompts: [String]
    /// The language of prompts that the model understands best; nil when the folder does not say.
    public let promptLanguage: String?

    /// The name of what enlarges pictures that are to be larger than the model draws them; a filter when nil.
    public let upscaler: String?
    /// The words and phrases that the model was trained on; empty when the folder does not say.
    public let vocabulary: [String]
    /// The model's own words for those of other languages; nil when the folder has none.
    public let glossary: Glossary?
    /// Whether the model draws on a plain ground.
    public let hasPlainGround: Bool
    /// Ways to put a prompt that the model knows.
    public let styles: [PromptStyle]
    /// Width and height must be multiples of this.
    public let sizeMultiple: Int
    /// Whether the model comes with a checker of its pictures, which is then always run.
    public let hasSafetyChecker: Bool
    /// The bytes of all weight files.
    public let weightBytes: Int

    /// Reads the JSON files of a folder in the diffusers layout.
    ///
    /// - Throws: `ConfigurationError` or `SchedulerError` for a file that is missing, broken, or asks for what the engine does not have.
    public init(folder path: String) throws {
        let folder = ComponentFolder(path)
        let index: ModelIndex = try folder.configuration(from: "model_index.json")
        let unet: UNet2DConditionConfiguration = try folder.folder("unet").configuration()
        let scale = try Self.scale(of: folder, index: index)
        let defaults: BundledDefaults =
            folder.contains("mystarion.json") ? try folder.configuration(from: "mystarion.json") : BundledDefaults()
        identifier = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        name = defaults.name ?? identifier
        summary = defaults.description ?? ""
        let isConsistency = unet.timeConditionDimension != nil
        architecture =
            index.pipelineClass.isXL ? .stableDiffusionXL : isConsistency ? .latentConsistency : .stableDiffusion
        sizeMultiple = scale
        nativeWidth = defaults.nativeWidth ?? (unet.sampleWidth ?? 64) * scale
        nativeHeight = defaults.nativeHeight ?? (unet.sampleHeight ?? 64) * scale
        let isBound = defaults.nativeWidth != nil || defaults.nativeHeight != nil
        workingPixels = isBound ? nativeWidth * nativeHeight / 2...nativeWidth * nativeHeight * 2 : nil
        defaultWidth = defaults.width ?? nativeWidth
        defaultHeight = defaults.height ?? nativeHeight
        defaultSteps = defaults.steps ?? (isConsistency ? 4 : 25)
        defaultGuidanceScale =
            defaults.guidanceScale ?? (isConsistency ? 8.5 : index.pipelineClass.isXL ? 5 : 7.5)
        defaultSampler = try defaults.sampler.map { name in
            guard let sampler = Sampler(rawValue: name) else {
                throw ConfigurationError(
                    .unsupported, file: folder.file("mystarion.json"), key: "sampler", found: "\"\(name)\"",
                    allowed: Sampler.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return sampler
        }
        let scheduling = try SchedulerConfiguration(contentsOfFile: folder.file("scheduler/scheduler_config.json"))
        ownSampler = scheduling.nearestSampler
        samplers = scheduling.samplers
        suggestedPrompts = defaults.suggestedPrompts
        promptLanguage = defaults.promptLanguage
        upscaler = defaults.upscaler
        hasPlainGround = defaults.plainGround
        styles = defaults.styles
        vocabulary =
            folder.contains(ModelVocabulary.fileName) ? try ModelVocabulary.entries(in: folder) : []
        glossary = folder.contains(GlossaryParser.fileName) ? try GlossaryParser.glossary(in: folder) : nil
        hasSafetyChecker = index.hasSafetyChecker(in: folder)
        weightBytes = Self.weightBytes(in: path)
    }

    /// How many pixels a latent's side stands for.
    private static func scale(of folder: ComponentFolder, index: ModelIndex) throws -> Int {
        let className = try index.requireComponent("vae", oneOf: ["AutoencoderKL", "AutoencoderTiny"])
        if className == "AutoencoderTiny" {
            let configuration: AutoencoderTinyConfiguration = try folder.folder("vae").configuration()
            return configuration.scale
        }
        let configuration: AutoencoderKLConfiguration = try folder.folder("vae").configuration()
        return configuration.scale
    }

    /// More than any model has.
    private static let mostBytes = 1 << 60

    private static func weightBytes(in folder: String) -> Int {
        let files = FileManager.default.enumerator(
            at: URL(fileURLWithPath: folder), includingPropertiesForKeys: [.fileSizeKey])
        return (files?.compactMap { $0 as? URL } ?? [])
            .filter { $0.pathExtension == "safetensors" }
            .compactMap { try? $0.resolvingSymlinksInPath().resourceValues(forKeys: [.fileSizeKey]).fileSize }
            // Files with holes in them may be of any size.
            .reduce(0) { min($0 + min($1, mostBytes), mostBytes) }
    }
}
