/// What the `model_index.json` of a model folder says: the pipeline and the class of each of its parts.
///
/// Reference: diffusers 0.42.1, `pipelines/pipeline_utils.py`, `DiffusionPipeline.save_pretrained`.
public struct ModelIndex: Decodable, Sendable, Equatable {
    /// The pipelines whose folders this engine runs.
    public enum PipelineClass: String, CaseIterable, Sendable {
        /// Stable Diffusion 1.x and 2.x, their distillations, and the bundled model.
        case stableDiffusion = "StableDiffusionPipeline"
        /// The same, saved for image to image.
        case stableDiffusionImageToImage = "StableDiffusionImg2ImgPipeline"
        /// Stable Diffusion XL.
        case stableDiffusionXL = "StableDiffusionXLPipeline"
        /// The same, saved for image to image, as its refiner is.
        case stableDiffusionXLImageToImage = "StableDiffusionXLImg2ImgPipeline"
        /// A latent consistency model.
        case latentConsistency = "LatentConsistencyModelPipeline"
        /// The same, saved for image to image.
        case latentConsistencyImageToImage = "LatentConsistencyModelImg2ImgPipeline"

        /// Whether the pipeline is one of Stable Diffusion XL's.
        public var isXL: Bool { self == .stableDiffusionXL || self == .stableDiffusionXLImageToImage }
    }

    /// The Python class of a part.
    public struct Component: Sendable, Equatable {
        /// The library that has the class: `diffusers` or `transformers`.
        public let library: String
        /// The class's name.
        public let className: String
    }

    /// The pipeline's class.
    public let pipelineClass: PipelineClass

    /// The parts by their names, which are their folders' too; a part that is null in the file is absent.
    public let components: [String: Component]

    /// Whether an empty negative prompt means embeddings of zeros (Stable Diffusion XL only).
    public let forcesZerosForEmptyPrompt: Bool

    /// Whether the U-net is told an aesthetics score instead of the target size (Stable Diffusion XL's refiner).
    public let requiresAestheticsScore: Bool

    private let file: String

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init(_ name: String) { stringValue = name }
        init?(intValue: Int) { nil }
    }

    /// Reads the keys of the file and checks them.
    ///
    /// - Throws: A ``ConfigurationError`` for the first key that is wrong.
    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: Key.self)
        self.file = decoder.userInfo[.configurationFile] as? String ?? "model_index.json"
        let name = Key("_class_name")
        guard try file.value(name) ?? .null != .null else {
            let names = PipelineClass.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            throw file.error(.missingKey, name, nil, names)
        }
        pipelineClass = try file.choice(name, default: .stableDiffusion)
        forcesZerosForEmptyPrompt = try file.bool(Key("force_zeros_for_empty_prompt"), default: true)
        requiresAestheticsScore = try file.bool(Key("requires_aesthetics_score"), default: false)
        var components: [String: Component] = [:]
        for key in try decoder.container(keyedBy: Key.self).allKeys {
            guard case .array(let pair)? = try file.value(key) else { continue }
            switch (pair.count, pair.first, pair.last) {
            case (2, .string(let library)?, .string(let className)?):
                components[key.stringValue] = Component(library: library, className: className)
            case (2, .null?, .null?):
                continue
            default:
                throw file.error(.wrongType, key, .array(pair), "a library's name and a class's name, or two nulls")
            }
        }
        self.components = components
    }

    /// Whether a model's folder has a safety checker: its file names one, and it has not been left out.
    func hasSafetyChecker(in folder: ComponentFolder) -> Bool {
        components["safety_checker"] != nil && folder.contains("safety_checker")
    }

    /// The class of a part that has to be there and has to be of a class that this engine has.
    ///
    /// - Parameters:
    ///   - name: The part's name, such as `unet`.
    ///   - classNames: The classes that are allowed.
    /// - Returns: The name of the class, one of `classNames`.
    /// - Throws: A ``ConfigurationError`` when the part is absent, null or of another class.
    public func requireComponent(
        _ name: String, oneOf classNames: [String]
    ) throws(ConfigurationError) -> String {
        let allowed = classNames.map { "\"\($0)\"" }.joined(separator: " or ")
        guard let component = components[name] else {
            throw ConfigurationError(.missingKey, file: file, key: name, allowed: allowed)
        }
        guard classNames.contains(component.className) else {
            throw ConfigurationError(
                .unsupported, file: file, key: name, found: "\"\(component.className)\"", allowed: allowed)
        }
        return component.className
    }
}
