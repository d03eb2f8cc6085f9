/// Where pictures are made: one model, one thread that drives it, and a bounded queue before it.
public final class Studio: Sendable {
    /// What may be known about the model.
    public let model: ModelCard

    /// How much is done at once, and what one request may ask for.
    public let configuration: StudioConfiguration

    /// Opens a studio around an engine and starts its thread.
    public init(engine: some PictureEngine, configuration: StudioConfiguration = StudioConfiguration()) {
        model = engine.card
        self.configuration = configuration
    }

    /// How many requests wait, and how many are worked on.
    public var load: (waiting: Int, running: Int) { (0, 0) }

    /// Makes the pictures of a request and says what happens to it meanwhile.
    ///
    /// Cancelling the calling task ends the request at the next step. When this returns or throws, the studio holds
    /// nothing of the request any more.
    ///
    /// - Parameters:
    ///   - request: The request; its prompts are erased as soon as they have been encoded.
    ///   - onEvent: Called in order, on the studio's thread, so it must be quick.
    public func generate(
        _ request: consuming GenerationRequest, onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws(StudioError) -> [Picture] {
        throw .shuttingDown
    }

    /// Makes the pictures of a request and gives what happens to it as a sequence.
    ///
    /// A request that is refused throws here, before anything else is done. Leaving the sequence cancels the request.
    /// What the sequence throws is a ``StudioError``.
    public func events(
        for request: consuming GenerationRequest
    ) throws(StudioError) -> AsyncThrowingStream<GenerationEvent, any Error> {
        throw .shuttingDown
    }

    /// Takes no more requests, and returns when those taken are done.
    public func shutdown() async {}
}
