public import Diffusion

/// What a person or a program may know about the model that pictures are made with.
public struct ModelCard: Sendable, Equatable {
    /// The id in lists of models, such as `mystarion-icons`.
    public var identifier: String

    /// The name to show.
    public var name: String

    /// The width of pictures that nobody chose a size for, in pixels.
    public var defaultWidth: Int

    /// The height of pictures that nobody chose a size for, in pixels.
    public var defaultHeight: Int

    /// The width that the model was trained at, in pixels.
    public var nativeWidth: Int

    /// The height that the model was trained at, in pixels.
    public var nativeHeight: Int

    /// How many pixels a picture may have that the model makes well; nil where it makes pictures of any size. Others are
    /// made at about the native size, and enlarged or reduced.
    public var workingPixels: ClosedRange<Int>?

    /// How many steps suit the model.
    public var defaultSteps: Int

    /// How strongly the prompt should guide the model.
    public var defaultGuidanceScale: Float

    /// The sampler that suits the model, one of ``samplers``; nil for the model's own.
    public var defaultSampler: String?

    /// The sampler that is most like the model's own scheduler, one of ``samplers``; nil for none.
    public var ownSampler: String?

    /// The names of the samplers that can be chosen.
    public var samplers: [String]

    /// What width and height are multiples of where the model makes a picture; those that are asked for need not be.
    public var sizeMultiple: Int

    /// The name of what enlarges pictures that are to be larger than the model draws them; a filter when nil.
    public var upscaler: String?

    /// Prompts that show what the model can do.
    public var suggestedPrompts: [String]

    /// The language of prompts that the model understands best, such as `en`; nil when nobody says.
    public var promptLanguage: String?

    /// The words and phrases that the model was trained on; empty when nobody says.
    public var vocabulary: [String]

    /// The model's own words for those of other languages; nil when it has none.
    public var glossary: Glossary?

    /// Ways to put a prompt that the model knows.
    public var styles: [PromptStyle]

    /// Whether the model draws on a plain ground, which can be taken away.
    public var hasPlainGround: Bool

    /// What pictures of the model may have behind what they show.
    public var backgrounds: [Background] { Background.allCases.filter { $0 != .transparent || hasPlainGround } }

    /// Whether a guidance scale, and with it a negative prompt, suits the model. Where guidance is distilled into the
    /// network or was never trained, a scale of 1 is the model's own: without guidance, a negative prompt has no effect.
    public var takesGuidance: Bool { defaultGuidanceScale > 1 }

    /// Describes a model.
    public init(
        identifier: String, name: String, defaultWidth: Int, defaultHeight: Int, defaultSteps: Int,
        defaultGuidanceScale: Float, defaultSampler: String?, samplers: [String], sizeMultiple: Int = 8,
        nativeWidth: Int? = nil, nativeHeight: Int? = nil, workingPixels: ClosedRange<Int>? = nil,
        upscaler: String? = nil,
        suggestedPrompts: [String] = [], promptLanguage: String? = nil, styles: [PromptStyle] = [],
        ownSampler: String? = nil, vocabulary: [String] = [], glossary: Glossary? = nil, hasPlainGround: Bool = false
    ) {
        self.identifier = identifier
        self.name = name
        self.defaultWidth = defaultWidth
        self.defaultHeight = defaultHeight
        self.nativeWidth = nativeWidth ?? defaultWidth
        self.nativeHeight = nativeHeight ?? defaultHeight
        self.workingPixels = workingPixels
        self.upscaler = upscaler
        self.defaultSteps = defaultSteps
        self.defaultGuidanceScale = defaultGuidanceScale
        self.defaultSampler = defaultSampler
        self.samplers = samplers
        self.sizeMultiple = sizeMultiple
        self.suggestedPrompts = suggestedPrompts
        self.promptLanguage = promptLanguage
        self.styles = styles
        self.vocabulary = vocabulary
        self.glossary = glossary
        self.hasPlainGround = hasPlainGround
        self.ownSampler = ownSampler
    }
}
