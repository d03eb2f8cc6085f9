import NeuralNetwork
import Privacy
import Synchronization

/// Where images are read, changed and written: on a few threads of its own, away from those that answer everybody.
///
/// The threads give way to the engine's and the server's. Work is shared out fairly among clients, by the pixels that it
/// goes over, and small work has threads of its own, so that it does not wait for images of many megapixels. Work whose
/// task is cancelled is dropped, or ends at its next check.
public final class ImageWorkQueue: Sendable {
    private struct Class: Sendable {
        let maximumPixels: Int
        let lane: ImageWorkLane
    }

    // From small to large; a preview and a small picture, a picture of a large model, a photograph.
    private let classes: [Class]

    /// - Parameter largeWorkers: How many large jobs are done at once; one less than there are processors, and at most
    ///   four, when nil, since each may take some hundred MiB of memory.
    public init(largeWorkers: Int? = nil) {
        let largeWorkers = largeWorkers ?? min(4, ThreadPool.processorCount - 1)
        classes = [
            Class(maximumPixels: 2_000_000, lane: ImageWorkLane(workers: 1, niceness: 2)),
            Class(maximumPixels: 20_000_000, lane: ImageWorkLane(workers: 1, niceness: 5)),
            Class(maximumPixels: .max, lane: ImageWorkLane(workers: largeWorkers, niceness: 10)),
        ]
    }

    deinit {
        for each in classes { each.lane.close() }
    }

    /// How many jobs wait for a thread.
    package var waiting: Int { classes.reduce(0) { $0 + $1.lane.waiting } }

    /// Does work for a client, when it is the client's turn, and returns its result.
    ///
    /// - Parameters:
    ///   - work: How much it is.
    ///   - client: Whose it is.
    ///   - body: The work. It should check now and then whether it is still wanted. What it returns should be a
    ///     reference, since a value would be on the stack of whoever called this.
    /// - Throws: What `body` throws, and `CancellationError` when the calling task is cancelled before that is done.
    public func run<Value: Sendable>(
        _ work: ImageWork, for client: Requester, _ body: @escaping @Sendable (ImageWorkCancellation) throws -> Value
    ) async throws -> Value {
        let lane = lane(for: work)
        let job = ImageWorkTask(body)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if job.wait(continuation) { lane.append(job, of: client, cost: work.pixels) }
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
        lane(for: work).append(ImageErasure(overlay, body), of: client, cost: work.pixels)
    }

    private func lane(for work: ImageWork) -> ImageWorkLane {
        (classes.first { work.pixels <= $0.maximumPixels } ?? classes[classes.count - 1]).lane
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
