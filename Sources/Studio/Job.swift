import Imaging
import Synchronization

/// One request on its way through the studio, and whoever waits for it.
///
/// Its end is told exactly once, and no event is told after it.
final class Job: Sendable {
    /// How its pictures are made, with the seed decided.
    let settings: GenerationSettings

    /// The first picture's seed.
    let seed: UInt64

    private let request: Mutex<GenerationRequest?>
    private let isAbandoned = Atomic(false)
    private let isEnded = Mutex(false)
    private let onEvent: @Sendable (GenerationEvent) -> Void
    private let onEnd: @Sendable (Result<[Picture], StudioError>) -> Void

    init(
        _ request: consuming GenerationRequest, onEvent: @escaping @Sendable (GenerationEvent) -> Void,
        onEnd: @escaping @Sendable (Result<[Picture], StudioError>) -> Void
    ) {
        // Seeds of 32 bits survive every interface that pictures are asked for through.
        seed = request.settings.seed ?? UInt64(UInt32.random(in: .min ... .max))
        request.settings.seed = seed
        settings = request.settings
        self.request = Mutex(consume request)
        self.onEvent = onEvent
        self.onEnd = onEnd
    }

    /// Whether whoever asked went away.
    var isCancelled: Bool { isAbandoned.load(ordering: .acquiring) }

    /// Remembers that whoever asked went away.
    func cancel() { isAbandoned.store(true, ordering: .releasing) }

    /// Hands over the request, or nil when that was done before or the request was dropped.
    func takeRequest() -> GenerationRequest? { request.withLock { $0.take() } }

    /// Tells whoever asked what happened, unless they know the end already.
    func tell(_ event: GenerationEvent) {
        isEnded.withLock { isEnded in
            if !isEnded { onEvent(event) }
        }
    }

    /// Tells the end and erases what is left of the request.
    func end(_ result: Result<[Picture], StudioError>) {
        _ = takeRequest()
        let isFirst = isEnded.withLock { isEnded in
            defer { isEnded = true }
            return !isEnded
        }
        if isFirst { onEnd(result) }
    }

    /// Tells the end unless an event is being told this moment, perhaps by the very caller; says whether it did.
    func endIfQuiet(_ result: Result<[Picture], StudioError>) -> Bool {
        _ = takeRequest()
        let isFirst = isEnded.withLockIfAvailable { isEnded in
            defer { isEnded = true }
            return !isEnded
        }
        guard let isFirst else { return false }
        if isFirst { onEnd(result) }
        return true
    }
}
