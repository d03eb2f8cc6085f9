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

    /// How the noise levels are spaced, a ``SigmaSchedule``'s name; as the sampler and the model do it when nil.
    public var schedule: String?

    /// How much of the noise that a step takes away is drawn afresh, by samplers that do so; their own share when nil.
    public var eta: Float?

    /// How much noise each step adds before it takes some away, by samplers that can (`s_churn`).
    public var churn: Float

    /// The lowest noise level at which noise is added (`s_tmin`).
    public var churnMinimum: Float

    /// The highest noise level at which noise is added (`s_tmax`); infinity for any.
    public var churnMaximum: Float

    /// What noise drawn after the first is multiplied with (`s_noise`).
    public var noiseScale: Float

    /// The first picture's seed; drawn at random when nil. Picture `i` has `seed + i`, unless there is a variation:
    /// then all have this seed.
    public var seed: UInt64?

    /// The seed whose noise the seed's is drawn towards; picture `i` has `variationSeed + i`. Drawn at random when nil
    /// and ``variationStrength`` is above 0.
    public var variationSeed: UInt64?

    /// How far the noise goes from the seed's to the variation's, from 0, the seed alone, to 1, the variation's alone.
    public var variationStrength: Float

    /// The size of the picture whose noise lies in the middle of this one's (`seed_resize_from_w`, `…_h`).
    public var noiseSize: NoiseSize?

    /// What is added to the seed for the noise after the first (`eta_noise_seed_delta`).
    public var noiseSeedDelta: Int64

    /// Whose rules say what the seed, its variation and the strength come to.
    public var rules: SamplingRules

    /// How many pictures.
    public var count: Int

    /// How many of the text encoder's last layers to skip.
    public var clipSkip: Int

    /// How much of an initial picture is made anew, from 0 to 1; without one it has no effect.
    public var strength: Float

    /// Over how many pixels a mask's edge is blurred; without it, what the mask does not mark stays to the bit.
    public var maskBlur: Int

    /// Over how many it is blurred up and down, where that is not ``maskBlur``.
    public var maskBlurDown: Int?

    /// How a mask that is neither black nor white is taken.
    public var maskBlending: MaskBlending

    /// What is under a mask before it is drawn anew.
    public var maskFill: MaskFill

    /// How much of the initial picture is drawn when there is a mask.
    public var inpaintArea: InpaintArea

    /// What the initial picture is enlarged to, where it is not drawn from; nil to draw.
    public var enlargement: Enlargement?

    /// What is behind what the pictures show.
    public var background: Background

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
        schedule = nil
        eta = nil
        churn = 0
        churnMinimum = 0
        churnMaximum = .infinity
        noiseScale = 1
        seed = nil
        variationSeed = nil
        variationStrength = 0
        noiseSize = nil
        noiseSeedDelta = 0
        rules = .native
        count = 1
        clipSkip = 0
        strength = 0.75
        maskBlur = 0
        maskBlurDown = nil
        maskBlending = .proportional
        maskFill = .original
        inpaintArea = .wholePicture
        enlargement = nil
        background = .automatic
        promptSyntax = .plain
        previews = .none
    }
}

extension GenerationSettings {
    /// How many of the steps are made.
    func steps(isImageToImage: Bool) -> Int {
        isImageToImage ? rules.steps(of: steps, strength: strength) : steps
    }

    /// Whether an initial picture is given back as it is.
    var keepsInitialPicture: Bool { enlargement == nil && steps(isImageToImage: true) == 0 }

    /// The seeds of one of the pictures, once the first's are decided: of a variation, the variation's seed counts up
    /// and the seed stays.
    public func seeds(of index: Int) -> (seed: UInt64, variation: UInt64?) {
        let first = seed ?? 0
        guard variationStrength > 0 else { return (first &+ UInt64(index), nil) }
        return (first, (variationSeed ?? 0) &+ UInt64(index))
    }
}
