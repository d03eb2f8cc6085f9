public import Diffusion

/// How the pictures of a request are made, apart from what they show.
public struct GenerationSettings: Sendable, Equatable {
    /// Pixels in a row of the pictures as they are delivered; the model may make them at another size.
    public var width: Int

    /// Rows of pixels.
    public var height: Int

    /// Whether pictures that are made of an initial image have its size, and not the width and height above.
    public var keepsImageSize: Bool

    /// Steps from noise to picture.
    public var steps: Int

    /// How strongly the prompt guides the model; at 1 or less the negative prompt has no effect.
    public var guidanceScale: Float

    /// The sampler's name; the model's own when nil.
    public var sampler: String?

    /// The first picture's seed, picture `i` has `seed + i`; drawn at random when nil.
    public var seed: UInt64?

    /// How many pictures.
    public var count: Int

    /// How many of the text encoder's last layers to skip.
    public var clipSkip: Int

    /// How much of an initial picture is made anew, from 0 to 1; without one it has no effect.
    public var strength: Float

    /// Over how many pixels a mask's edge is blurred; without it, what the mask does not mark stays to the bit.
    public var maskBlur: Int

    /// How a mask that is neither black nor white is taken.
    public var maskBlending: MaskBlending

    /// What is under a mask before it is drawn anew.
    public var maskFill: MaskFill

    /// How much of the initial picture is drawn when there is a mask.
    public var inpaintArea: InpaintArea

    /// How the prompts are read.
    public var promptSyntax: PromptSyntax

    /// Which previews to show.
    public var previews: Previews

    /// One picture as the model was made for.
    public init(for model: ModelCard) {
        width = model.defaultWidth
        height = model.defaultHeight
        keepsImageSize = false
        steps = model.defaultSteps
        guidanceScale = model.defaultGuidanceScale
        sampler = model.defaultSampler
        seed = nil
        count = 1
        clipSkip = 0
        strength = 0.75
        maskBlur = 0
        maskBlending = .proportional
        maskFill = .original
        inpaintArea = .wholePicture
        promptSyntax = .plain
        previews = .none
    }
}
