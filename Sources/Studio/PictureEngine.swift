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

    /// What is seen of the prompts, where that is not all of them; nil where it is.
    func drawnPrompts(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> DrawnPrompts?

    /// How often the denoiser is asked about one picture: once a step, or more often where the sampler does so; never
    /// where the initial picture stays as it is.
    ///
    /// It may be called from any thread.
    ///
    /// - Throws: ``RequestError`` where the settings ask for what this model cannot do.
    func evaluations(of settings: GenerationSettings, isImageToImage: Bool) throws -> Int

    /// Sets up one picture from noise, or from an initial picture of the settings' width and height in three
    /// channels, or a smaller one whose latents are stretched; with a mask of the settings' size in one channel, only what
    /// is white in it is drawn anew.
    func begin(
        _ settings: GenerationSettings, seed: UInt64, conditioning: Conditioning,
        initialPicture: borrowing PixelBuffer?, mask: borrowing PixelBuffer?
    ) throws -> Task

    /// Whether `task` may share a step with `other`.
    func canShareStep(_ task: Task, _ other: Task) -> Bool

    /// How many steps of the task are done, and how many it has: evaluations of the denoiser.
    func progress(of task: Task) -> (completed: Int, total: Int)

    /// Takes every task, which may share a step, one step on.
    func step(_ tasks: inout [Task]) throws

    /// Whether the task still consists of numbers. One that does not cannot become a picture.
    func isFinite(_ task: Task) -> Bool

    /// How the picture will look, in three channels and perhaps smaller, made at a small part of a step's cost; nil
    /// when the engine cannot tell.
    func preview(of task: Task) throws -> PixelBuffer?

    /// The pixels of a task whose steps are done.
    ///
    /// - Throws: ``UnsuitablePicture`` when the model's own checker finds them unsuitable.
    func decode(_ task: Task) throws -> PixelBuffer

    /// A decoded picture made larger, so that it has pixels of its own for all of a size, where the engine can do that
    /// better than a filter.
    func enlarged(_ picture: consuming PixelBuffer, toCover size: ImageSize) throws -> PixelBuffer

    /// Bytes above the loaded model that are needed at most while so many pictures of a size share a pass, or one of
    /// them is set up, previewed or decoded.
    func workingBytes(width: Int, height: Int, batch: Int) -> Int

    /// Overwrites what finished work has left in memory, before its answer goes.
    ///
    /// - Parameter isIdle: Whether nothing is worked on any more; otherwise the memory will be needed again.
    func forget(isIdle: Bool)
}

/// The model's own checker found a picture unsuitable.
public struct UnsuitablePicture: Error {
    /// Says so.
    public init() {}
}

extension PictureEngine {
    /// Engines that see every word have nothing to tell.
    public func drawnPrompts(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> DrawnPrompts? { nil }

    /// Engines whose numbers are always finite need not look.
    public func isFinite(_ task: Task) -> Bool { true }

    /// Most samplers ask once a step.
    public func evaluations(of settings: GenerationSettings, isImageToImage: Bool) throws -> Int {
        settings.steps(isImageToImage: isImageToImage)
    }

    /// Engines need not make previews.
    public func preview(of task: Task) throws -> PixelBuffer? { nil }

    /// Engines need not enlarge anything.
    public func enlarged(_ picture: consuming PixelBuffer, toCover size: ImageSize) throws -> PixelBuffer { picture }

    /// Engines that need no memory have none to tell of.
    public func workingBytes(width: Int, height: Int, batch: Int) -> Int { 0 }

    /// Engines that leave nothing have nothing to forget.
    public func forget(isIdle: Bool) {}
}
