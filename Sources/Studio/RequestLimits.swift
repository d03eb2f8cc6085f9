import Diffusion
import Privacy

/// What one request may ask for.
public struct RequestLimits: Sendable, Equatable {
    /// The most Unicode scalars in a prompt, as in the OpenAI API; the same for a negative prompt.
    public var maximumPromptLength = 32_000

    /// How many pictures.
    public var counts = 1...10

    /// Width and height of what is delivered, each, in pixels.
    public var sides = 64...2_048

    /// The most pixels that a model makes of one picture; more are delivered by enlarging it.
    public var maximumPixels = 1_024 * 1_024

    /// How many steps.
    public var steps = 1...150

    /// How strongly the prompt may guide.
    public var guidanceScales: ClosedRange<Float> = 0...50

    /// How many of the text encoder's layers may be skipped.
    public var clipSkips = 0...11

    /// Over how many pixels a mask's edge may be blurred.
    public var maskBlurs = 0...64

    /// How many pixels around a mask may be drawn with it.
    public var paddings = 0...256

    /// How much of a step's noise may be drawn afresh.
    public var etas: ClosedRange<Float> = 0...10

    /// How much noise steps may add.
    public var churns: ClosedRange<Float> = 0...1_000

    /// Between which noise levels steps may add noise; infinity stands for no upper bound.
    public var noiseLevels: ClosedRange<Float> = 0...1_000_000

    /// What noise may be multiplied with.
    public var noiseScales: ClosedRange<Float> = 0...10

    /// How many previews of a picture there may be, unless after every step.
    public var previews = 0...10

    /// The usual limits.
    public init() {}

    func check(_ prompt: borrowing Prompt, as parameter: RequestError.Parameter) throws(RequestError) {
        guard prompt.scalarCount <= maximumPromptLength else {
            throw .tooLong(parameter, maximum: maximumPromptLength)
        }
    }

    func checkSize(_ settings: GenerationSettings) throws(RequestError) {
        try check(settings.width, in: sides, as: .width)
        try check(settings.height, in: sides, as: .height)
    }

    func check(_ settings: GenerationSettings, for model: ModelCard) throws(RequestError) {
        try check(settings.steps, in: steps, as: .steps)
        try check(settings.count, in: counts, as: .count)
        try check(settings.clipSkip, in: clipSkips, as: .clipSkip)
        try check(settings.guidanceScale, in: guidanceScales, as: .guidanceScale)
        try check(settings.strength, in: 0...1, as: .strength)
        try check(settings.maskBlur, in: maskBlurs, as: .maskBlur)
        try check(settings.maskBlurDown ?? 0, in: maskBlurs, as: .maskBlur)
        if case .onlyMasked(let padding) = settings.inpaintArea { try check(padding, in: paddings, as: .padding) }
        if case .count(let count) = settings.previews { try check(count, in: previews, as: .previews) }
        if settings.background == .transparent, !model.hasPlainGround { throw .groundNotPlain() }
        try checkNoise(settings)
        if let sampler = settings.sampler, !model.samplers.contains(sampler) {
            throw .unknownSampler(allowed: model.samplers)
        }
        if let name = settings.schedule {
            guard SigmaSchedule(rawValue: name) != nil else {
                throw .unknownSchedule(allowed: SigmaSchedule.allCases.map(\.rawValue))
            }
            if let sampler = settings.sampler, Sampler(rawValue: sampler)?.takesSchedule == false {
                throw .scheduleWithout(sampler)
            }
        }
    }

    private func checkNoise(_ settings: GenerationSettings) throws(RequestError) {
        if let eta = settings.eta { try check(eta, in: etas, as: .eta) }
        try check(settings.churn, in: churns, as: .churn)
        try check(settings.churnMinimum, in: noiseLevels, as: .churnMinimum)
        if settings.churnMaximum != .infinity {
            try check(settings.churnMaximum, in: noiseLevels, as: .churnMaximum)
        }
        try check(settings.noiseScale, in: noiseScales, as: .noiseScale)
        try check(settings.variationStrength, in: 0...1, as: .variationStrength)
        guard let size = settings.noiseSize else { return }
        let allowed = 1...sides.upperBound
        guard allowed.contains(size.width), allowed.contains(size.height) else { throw .badNoiseSize(allowed: allowed) }
        guard size.width * size.height <= maximumPixels else {
            throw .tooManyPixels(.noiseSize, maximum: maximumPixels)
        }
    }

    private func check<Number: Comparable>(
        _ value: Number, in allowed: ClosedRange<Number>, as parameter: RequestError.Parameter
    ) throws(RequestError) {
        guard allowed.contains(value) else { throw .outOfRange(parameter, allowed: allowed) }
    }
}
