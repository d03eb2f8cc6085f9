import NeuralNetwork
import Privacy
import Synchronization

/// Where images are read, changed and written: on a few threads of its own, away from those that answer everybody.
///
/// The threads give way to the engine's and the server's. Work is shared out fairly among clients, by the pixels that it
/// goes over, and small work has threads of its own, so that it does not wait for images of many megapixels. Large work
/// waits until there is memory for it. Work whose task is cancelled is dropped, or ends at its next check.
public final class ImageWorkQueue: Sendable {
    private struct Class: Sendable {
        let maximumPixels: Int
        let maximumBytes: Int
        let lane: ImageWorkLane
    }

    // From small to large; a preview and a small picture, a picture of a large model, a photograph.
    private let classes: [Class]

    /// Makes the queue; its threads start with the first work.
    ///
    /// - Parameters:
    ///   - largeWorkers: How many large jobs are done at once; when nil, one less than there are processors, but at
    ///     least two, so that one client cannot occupy all, and at most four.
    ///   - bytes: The memory that all jobs may hold together; a single one may hold more.
    public init(largeWorkers: Int? = nil, bytes: Int = .max) {
        let largeWorkers = largeWorkers ?? min(4, max(2, ThreadPool.processorCount - 1))
        let small = Self.smallBytes(of: bytes)
        let large = ImageWorkLane(workers: largeWorkers, niceness: 10, bytes: Self.largeBytes(of: bytes))
        classes = [
            Class(
                maximumPixels: 2_000_000, maximumBytes: small / 4, lane: ImageWorkLane(workers: 1, niceness: 2)),
            Class(
                maximumPixels: 20_000_000, maximumBytes: small / 4 * 3,
                lane: ImageWorkLane(workers: 1, niceness: 5)),
            Class(maximumPixels: .max, maximumBytes: .max, lane: large),
        ]
    }

    /// How much of the memory is for large jobs.
    static func largeBytes(of bytes: Int) -> Int { bytes - smallBytes(of: bytes) }

    /// How much of the memory is kept for small jobs, which so always find room.
    private static func smallBytes(of bytes: Int) -> Int { min(64 << 20, bytes / 2) }

    deinit {
        for each in classes { each.lane.close() }
    }

    /// How many jobs wait for a thread.
    package var waiting: Int { classes.reduce(0) { $0 + $1.lane.waiting } }

    /// Does work for a client, when it is the client's turn, and returns its result.
    ///
    /// - Parameters:
    ///   - work: How much it is.
    ///   - bytes: The memory that it holds at its peak, besides what it was given.
    ///   - client: Whose it is.
    ///   - body: The work. It should check now and then whether it is still wanted. What it returns should be a
    ///     reference, since a value would be on the stack of whoever called this.
    /// - Throws: What `body` throws, and `CancellationError` when the calling task is cancelled before that is done.
    public func run<Value: Sendable>(
        _ work: ImageWork, holding bytes: Int, for client: Requester,
        _ body: @escaping @Sendable (ImageWorkCancellation) throws -> Value
    ) async throws -> Value {
        let lane = lane(for: work, holding: bytes)
        let job = ImageWorkTask(body)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if job.wait(continuation) { lane.append(job, of: client, cost: work.pixels, holding: bytes) }
            }
        } onCancel: {
            job.cancel()
            lane.removeCancelled()
        }
    }

    /// Drops what holds an image, which overwrites its memory, and then calls a function on the same thread.
    func erase(_ overlay: consuming Overlay, for client: Requester, then body: @escaping @Sendable () -> Void) {
        // A processor overwrites several pixels in the time that it takes to change one.
        let work = ImageWork(pixels: overlay.width * overlay.height / 4)
        lane(for: work, holding: 0).append(ImageErasure(overlay, body), of: client, cost: work.pixels, holding: 0)
    }

    private func lane(for work: ImageWork, holding bytes: Int) -> ImageWorkLane {
        let suitable = classes.first { work.pixels <= $0.maximumPixels && bytes <= $0.maximumBytes }
        return (suitable ?? classes[classes.count - 1]).lane
    }
}

/// An image to be overwritten, and what is to be done then.
private final class ImageErasure: ImageWorkJob {
    private let overlay: Mutex<Overlay?>
    private let body: @Sendable () -> Void

    init(_ overlay: Overlay, _ body: @escaping @Sendable () -> Void) {
        self.overlay = Mutex(overlay)
        self.body = body
    }

    /// It is done in any case.
    var isCancelled: Bool { false }

    func run() {
        overlay.withLock { $0 = nil }
        body()
    }
}
