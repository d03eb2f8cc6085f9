public import Imaging
public import Privacy

/// What the studio needs of a model; `DiffusionPipeline` is one.
///
/// The studio calls it from one thread only. Every function takes as long as it takes and may throw: a
/// ``RequestError`` where the request asks for what this model cannot do; anything else is reported by its stage
/// alone, so that no error can carry a prompt.
public protocol PictureEngine: Sendable {
    /// What prompts become: embeddings.
    associatedtype Conditioning: Sendable

    /// One picture on its way; a value, forgotten when dropped.
    associatedtype Task: Sendable

    /// What may be known about the model.
    var card: ModelCard { get }

    /// Encodes the prompts. The negative one matters only when the guidance scale is above 1.
    func encode(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> Conditioning

    /// Sets up one picture from noise, or from an initial picture of the settings' width and height in three
    /// channels.
    func begin(
        _ settings: GenerationSettings, seed: UInt64, conditioning: Conditioning, initialPicture: borrowing PixelBuffer?
    ) throws -> Task

    /// Whether `task` may share a step with `other`.
    func canShareStep(_ task: Task, _ other: Task) -> Bool

    /// How many steps of the task are done, and how many it has.
    func progress(of task: Task) -> (completed: Int, total: Int)

    /// Takes every task, which may share a step, one step on.
    func step(_ tasks: inout [Task]) throws

    /// The pixels of a task whose steps are done.
    func decode(_ task: Task) throws -> PixelBuffer

    /// Overwrites what finished work has left in memory; called when nothing is worked on, before the last answer goes.
    func forget()
}

extension PictureEngine {
    /// Engines that leave nothing have nothing to forget.
    public func forget() {}
}
