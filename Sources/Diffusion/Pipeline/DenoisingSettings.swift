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

    /// Settings, by default those that suit a model.
    public init(
        for model: ModelDescription, width: Int? = nil, height: Int? = nil, steps: Int? = nil,
        guidanceScale: Float? = nil, sampler: Sampler? = nil, seed: UInt64, strength: Float = 0.75
    ) {
        self.width = width ?? model.defaultWidth
        self.height = height ?? model.defaultHeight
        self.steps = steps ?? model.defaultSteps
        self.guidanceScale = guidanceScale ?? model.defaultGuidanceScale
        self.sampler = sampler ?? model.defaultSampler
        self.seed = seed
        self.strength = strength
    }
}
