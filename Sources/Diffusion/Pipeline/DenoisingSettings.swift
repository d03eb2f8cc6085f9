/// How one picture is made.
public struct DenoisingSettings: Sendable {
    /// The picture's width in pixels.
    public var width: Int
    /// The picture's height in pixels.
    public var height: Int
    /// How many steps lead from noise to the picture.
    public var steps: Int
    /// How strongly the prompt guides the picture; 1 and below is not at all.
    public var guidanceScale: Float
    /// What to sample with; the model's own scheduler when nil.
    public var sampler: Sampler?
    /// What the noise is drawn from.
    public var seed: UInt64
    /// How much of the way from noise is gone when there is a picture to start from, 0…1.
    public var strength: Float
    /// How the noise levels are spaced; as the sampler and the model do it when nil.
    public var schedule: SigmaSchedule?
    /// How much of the noise that a step takes away is drawn afresh, by samplers that do so; their own share when nil.
    public var eta: Float?
    /// How much noise each step adds before it takes some away, by samplers that can (`s_churn`).
    public var churn: Float = 0
    /// The lowest noise level at which noise is added (`s_tmin`).
    public var churnMinimum: Float = 0
    /// The highest noise level at which noise is added (`s_tmax`).
    public var churnMaximum: Float = .infinity
    /// What noise drawn after the first is multiplied with (`s_noise`).
    public var noiseScale: Float = 1
    /// The seed whose noise the first noise is drawn towards.
    public var variationSeed: UInt64 = 0
    /// How far the first noise goes from the seed's to the variation's, 0…1.
    public var variationStrength: Float = 0
    /// The size of the picture whose noise lies in the middle of this one's.
    public var noiseSize: NoiseSize?
    /// What is added to the seed for the noise after the first (`eta_noise_seed_delta`).
    public var noiseSeedDelta: Int64 = 0
    /// Whose rules say what the seed, its variation and the strength come to.
    public var rules = SamplingRules.native

    /// What the scheduler is told of it.
    var samplingOptions: SamplingOptions {
        var options = SamplingOptions()
        options.schedule = schedule
        options.eta = eta
        options.churn = churn
        options.churnMinimum = churnMinimum
        options.churnMaximum = churnMaximum
        options.noiseScale = noiseScale
        options.rules = rules
        return options
    }

    /// Settings, by default those that suit a model, at the size that it was trained at.
    public init(
        for model: ModelDescription, width: Int? = nil, height: Int? = nil, steps: Int? = nil,
        guidanceScale: Float? = nil, sampler: Sampler? = nil, seed: UInt64, strength: Float = 0.75
    ) {
        self.width = width ?? model.nativeWidth
        self.height = height ?? model.nativeHeight
        self.steps = steps ?? model.defaultSteps
        self.guidanceScale = guidanceScale ?? model.defaultGuidanceScale
        self.sampler = sampler ?? model.defaultSampler
        self.seed = seed
        self.strength = strength
    }
}
