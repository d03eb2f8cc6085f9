import Imaging
import Privacy
import Synchronization

/// One request on its way through the studio, and whoever waits for it.
///
/// Its end is told exactly once, and no event is told after it.
final class Job: Sendable {
    /// Why a request ends before its pictures are finished.
    enum Stop: UInt8, AtomicRepresentable {
        /// Whoever asked went away, or wants nothing of it any more.
        case cancelled
        /// Whoever asked wants what is finished.
        case interrupted
        /// It took longer than it may.
        case timedOut
        /// The service stops, and what it was given to finish is over.
        case shuttingDown

        /// The error to tell; nil where the finished pictures are told.
        var error: StudioError? {
            switch self {
            case .cancelled: .cancelled
            case .interrupted: nil
            case .timedOut: .timedOut
            case .shuttingDown: .shuttingDown
            }
        }

        /// The end of a request that is stopped before work on it has begun.
        var end: Result<[Picture], StudioError> { error.map { .failure($0) } ?? .success([]) }
    }

    /// What can be watched of a request.
    private struct Watched: ~Copyable {
        var progress: JobProgress
        var preview: PixelBuffer?
    }

    /// How its pictures are made, with the seed decided, at the size that the engine draws.
    let settings: GenerationSettings

    /// The finished pictures' size.
    let delivered: ImageSize

    /// The first picture's seed.
    let seed: UInt64

    /// What it asks of the studio.
    let demand: Demand

    /// Where its pictures are encoded.
    let imageWork: ImageWorkQueue

    /// What the caller calls it.
    let identifier: JobIdentifier?

    /// When it came, and until when it may take.
    let arrival: ContinuousClock.Instant, deadline: ContinuousClock.Instant

    private let request: Mutex<GenerationRequest?>
    private let stopped = Atomic<UInt8>(.max)
    private let skips = Atomic(0)
    private let wantsPreview = Atomic(false)
    private let watched: Mutex<Watched>
    private let isEnded = Mutex(false)
    private let board: JobBoard?
    private let onEvent: @Sendable (GenerationEvent) -> Void
    private let onEnd: @Sendable (Result<[Picture], StudioError>) -> Void

    init(
        _ request: consuming GenerationRequest, demand: Demand, imageWork: ImageWorkQueue,
        arrival: ContinuousClock.Instant, maximumTime: Duration, board: JobBoard?,
        onEvent: @escaping @Sendable (GenerationEvent) -> Void,
        onEnd: @escaping @Sendable (Result<[Picture], StudioError>) -> Void
    ) {
        // Seeds of 32 bits survive every interface that pictures are asked for through.
        seed = request.settings.seed ?? UInt64(UInt32.random(in: .min ... .max))
        request.settings.seed = seed
        if request.settings.variationStrength > 0, request.settings.variationSeed == nil {
            request.settings.variationSeed = UInt64(UInt32.random(in: .min ... .max))
        }
        settings = request.settings
        delivered = request.deliveredSize
        self.demand = demand
        self.imageWork = imageWork
        identifier = request.identifier
        self.arrival = arrival
        deadline = arrival + request.timeLimit(upTo: maximumTime)
        watched = Mutex(
            Watched(
                progress: JobProgress(
                    position: 0, totalSteps: demand.work.steps * settings.count, totalPictures: settings.count),
                preview: nil))
        self.request = Mutex(consume request)
        self.board = board
        self.onEvent = onEvent
        self.onEnd = onEnd
    }

    // MARK: Ending it

    /// Why it must end at the next step, if it must.
    var stop: Stop? { Stop(rawValue: stopped.load(ordering: .acquiring)) }

    /// Remembers that it must end; the first reason stays.
    func stop(_ reason: Stop) {
        _ = stopped.compareExchange(expected: .max, desired: reason.rawValue, ordering: .acquiringAndReleasing)
    }

    /// Remembers that one more picture is to be left out.
    func skip() { skips.add(1, ordering: .releasing) }

    /// How many pictures are to be left out that were not asked about yet.
    func takeSkips() -> Int { skips.exchange(0, ordering: .acquiring) }

    /// Hands over the request, or nil when that was done before or the request was dropped.
    func takeRequest() -> GenerationRequest? { request.withLock { $0.take() } }

    /// Tells the end and erases what is left of the request.
    ///
    /// - Parameter overlay: What its work held of the initial picture, to be erased before the end is told.
    func end(_ result: Result<[Picture], StudioError>, erasing overlay: Overlay? = nil) {
        let overlay = forget() ?? overlay
        let isFirst = isEnded.withLock { isEnded in
            defer { isEnded = true }
            return !isEnded
        }
        if isFirst { finish(result, erasing: overlay) }
    }

    private func finish(_ result: Result<[Picture], StudioError>, erasing overlay: Overlay?) {
        board?.remove(self)
        guard let overlay else { return onEnd(result) }
        // A photograph takes long to overwrite, and this may be a thread that answers everybody.
        imageWork.erase(overlay, for: demand.requester) { [onEnd] in onEnd(result) }
    }

    /// Tells the end unless an event is being told this moment, perhaps by the very caller; says whether it did.
    func endIfQuiet(_ result: Result<[Picture], StudioError>) -> Bool {
        let overlay = forget()
        let isFirst = isEnded.withLockIfAvailable { isEnded in
            defer { isEnded = true }
            return !isEnded
        }
        guard let isFirst else {
            if let overlay { imageWork.erase(overlay, for: demand.requester) {} }
            return false
        }
        if isFirst { finish(result, erasing: overlay) }
        return true
    }

    /// Erases what is left of the request but what stays of its initial picture, which the caller has erased.
    private func forget() -> Overlay? {
        watched.withLock { $0.preview = nil }
        guard var request = takeRequest() else { return nil }
        return request.overlay.take()
    }

    // MARK: Watching it

    /// Tells whoever asked what happened, unless they know the end already.
    func tell(_ event: GenerationEvent) {
        note(event)
        isEnded.withLock { isEnded in
            if !isEnded { onEvent(event) }
        }
    }

    private func note(_ event: GenerationEvent) {
        watched.withLock { watched in
            switch event {
            case .queued(let position, let seconds):
                watched.progress.position = position
                watched.progress.seconds = seconds
            case .started:
                watched.progress.position = nil
            case .step(let completed, let total, let seconds):
                watched.progress.completedSteps = completed
                watched.progress.totalSteps = total
                watched.progress.seconds = seconds
            case .preview:
                break
            case .picture:
                watched.progress.completedPictures += 1
            }
        }
    }

    /// How far it is.
    var progress: JobProgress { watched.withLock { $0.progress } }

    /// A copy of the newest preview; asks for a newer one.
    func latestPreview() -> PixelBuffer? {
        wantsPreview.store(true, ordering: .releasing)
        return watched.withLock { watched in
            switch watched.preview {
            case .some(let picture): picture.copied()
            case .none: nil
            }
        }
    }

    /// Whether somebody has asked for a preview since the last one.
    var isPreviewWanted: Bool { wantsPreview.load(ordering: .acquiring) }

    /// Keeps the newest preview for who asks, in place of the one before.
    func show(_ preview: consuming PixelBuffer) {
        wantsPreview.store(false, ordering: .releasing)
        var slot = Optional(preview)
        watched.withLock { $0.preview = slot.take() }
    }
}
