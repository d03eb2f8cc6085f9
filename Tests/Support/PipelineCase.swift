/// What was asked of diffusers, as `Tests/Fixtures/parts/pipelines.py` records it.
public struct PipelineCase: Decodable, Sendable {
    /// The case's name, which its tensors' names begin with.
    public let name: String
    /// What the pictures show.
    public let prompt: String
    /// What they do not show; empty where diffusers was given none.
    public let negativePrompt: String
    /// Pixels in a row.
    public let width: Int
    /// Rows of pixels.
    public let height: Int
    /// Steps from noise to picture.
    public let steps: Int
    /// How strongly the prompt guides.
    public let guidanceScale: Float
    /// The sampler's name; nil for the folder's own.
    public let sampler: String?
    /// A seed a picture.
    public let seeds: [UInt64]
    /// Image to image only.
    public let strength: Float?
    /// Skipped layers of the text encoder.
    public let clipSkip: Int
    /// How the prompts are read; nil where it makes no difference.
    public let syntax: String?
    /// Whether a part of the picture is kept; nil where it is not.
    public let isMasked: Bool?
}
