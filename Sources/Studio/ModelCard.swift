/// What a person or a program may know about the model that pictures are made with.
public struct ModelCard: Sendable, Equatable {
    /// The id in lists of models, such as `mystarion-icons`.
    public var identifier: String

    /// The name to show.
    public var name: String

    /// The width that the model was made for, in pixels.
    public var defaultWidth: Int

    /// The height that the model was made for, in pixels.
    public var defaultHeight: Int

    /// How many steps suit the model.
    public var defaultSteps: Int

    /// How strongly the prompt should guide the model.
    public var defaultGuidanceScale: Float

    /// The sampler that suits the model, one of ``samplers``; nil for the model's own.
    public var defaultSampler: String?

    /// The names of the samplers that can be chosen.
    public var samplers: [String]

    /// What width and height must be multiples of.
    public var sizeMultiple: Int

    /// Prompts that show what the model can do.
    public var suggestedPrompts: [String]

    /// Describes a model.
    public init(
        identifier: String, name: String, defaultWidth: Int, defaultHeight: Int, defaultSteps: Int,
        defaultGuidanceScale: Float, defaultSampler: String?, samplers: [String], sizeMultiple: Int = 8,
        suggestedPrompts: [String] = []
    ) {
        self.identifier = identifier
        self.name = name
        self.defaultWidth = defaultWidth
        self.defaultHeight = defaultHeight
        self.defaultSteps = defaultSteps
        self.defaultGuidanceScale = defaultGuidanceScale
        self.defaultSampler = defaultSampler
        self.samplers = samplers
        self.sizeMultiple = sizeMultiple
        self.suggestedPrompts = suggestedPrompts
    }
}
