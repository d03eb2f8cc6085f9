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
    /// The width in pixels that the model was trained at; with it, pictures of other sizes are made at about that many
    /// pixels, and enlarged or reduced.
    public let nativeWidth: Int?
    /// The height in pixels that the model was trained at.
    public let nativeHeight: Int?
    /// How many denoising steps a picture takes.
    public let steps: Int?
    /// How strongly the prompt guides the picture.
    public let guidanceScale: Float?
    /// The sampler's name, as `--sampler` takes it.
    public let sampler: String?
    /// Prompts that show what the model can do.
    public let suggestedPrompts: [String]
    /// The language of prompts that the model understands best, such as `en`.
    public let promptLanguage: String?

    /// The name of what enlarges pictures that are to be larger than the model draws them; a filter when nil.
    public let upscaler: String?
    /// Whether the model draws one thing on a plain ground, from which it can be cut out.
    public let plainGround: Bool
    /// Ways to put a prompt that the model knows.
    public let styles: [PromptStyle]

    private enum CodingKeys: String, CodingKey {
        case name, description, width, height, steps, sampler, styles
        case nativeWidth = "native_width"
        case nativeHeight = "native_height"
        case guidanceScale = "guidance_scale"
        case suggestedPrompts = "suggested_prompts"
        case promptLanguage = "prompt_language"
        case upscaler
        case plainGround = "plain_ground"
    }

    /// No suggestions at all: what a folder without the file has.
    public init() {
        name = nil
        description = nil
        width = nil
        height = nil
        nativeWidth = nil
        nativeHeight = nil
        steps = nil
        guidanceScale = nil
        sampler = nil
        suggestedPrompts = []
        promptLanguage = nil
        upscaler = nil
        plainGround = false
        styles = []
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
        nativeWidth = try file.optionalInteger(.nativeWidth, in: ConfigurationLimits.side)
        nativeHeight = try file.optionalInteger(.nativeHeight, in: ConfigurationLimits.side)
        steps = try file.optionalInteger(.steps, in: 1...150)
        guidanceScale = try file.optionalFloat(.guidanceScale, in: 0...50)
        sampler = try file.optionalString(.sampler)
        suggestedPrompts = try file.strings(.suggestedPrompts, limit: 100)
        promptLanguage = try file.optionalString(.promptLanguage)
        upscaler = try file.optionalString(.upscaler)
        plainGround = try file.bool(.plainGround, default: false)
        styles = try Self.styles(file)
    }

    private static func styles(_ file: ConfigurationContainer<CodingKeys>) throws -> [PromptStyle] {
        let allowed = """
            a list of up to \(PromptStyle.maximumCount) objects, each with a name of its own of 1 to \
            \(PromptStyle.maximumName) letters, a prompt of up to \(PromptStyle.maximumText) with {prompt} in it \
            once, and perhaps a negative one
            """
        guard let value = try file.value(.styles), value != .null else { return [] }
        guard case .array(let elements) = value, elements.count <= PromptStyle.maximumCount else {
            throw file.error(.wrongType, .styles, value, allowed)
        }
        let styles = elements.compactMap(PromptStyle.init)
        guard styles.count == elements.count, Set(styles.map(\.name)).count == styles.count else {
            throw file.error(.wrongType, .styles, value, allowed)
        }
        return styles
    }
}
