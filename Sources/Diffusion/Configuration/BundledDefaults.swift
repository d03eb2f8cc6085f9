/// What a model's own `mystarion.json` suggests to the people who use it; every key is optional.
public struct BundledDefaults: Decodable, Sendable, Equatable {
    /// The model's name as people read it.
    public let name: String?
    /// What the model is and what it is good at, in a sentence or two.
    public let description: String?
    /// The picture's width in pixels.
    public let width: Int?
    /// The picture's height in pixels.
    public let height: Int?
    /// How many denoising steps a picture takes.
    public let steps: Int?
    /// How strongly the prompt guides the picture.
    public let guidanceScale: Float?
    /// The sampler's name, as `--sampler` takes it.
    public let sampler: String?
    /// Prompts that show what the model can do.
    public let suggestedPrompts: [String]

    private enum CodingKeys: String, CodingKey {
        case name, description, width, height, steps, sampler
        case guidanceScale = "guidance_scale"
        case suggestedPrompts = "suggested_prompts"
    }

    /// No suggestions at all: what a folder without the file has.
    public init() {
        name = nil
        description = nil
        width = nil
        height = nil
        steps = nil
        guidanceScale = nil
        sampler = nil
        suggestedPrompts = []
    }

    /// Reads the keys of the file and checks them.
    ///
    /// - Throws: A ``ConfigurationError`` for the first key that is wrong.
    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        name = try file.optionalString(.name)
        description = try file.optionalString(.description)
        width = try file.optionalInteger(.width, in: ConfigurationLimits.side)
        height = try file.optionalInteger(.height, in: ConfigurationLimits.side)
        steps = try file.optionalInteger(.steps, in: 1...150)
        guidanceScale = try file.optionalFloat(.guidanceScale, in: 0...50)
        sampler = try file.optionalString(.sampler)
        suggestedPrompts = try file.strings(.suggestedPrompts, limit: 100)
    }
}
