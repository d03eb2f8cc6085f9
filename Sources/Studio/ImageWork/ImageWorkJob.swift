import Privacy
import Synchronization

/// What image work asks now and then: whether anybody still wants its result.
public final class ImageWorkCancellation: Sendable {
    private let isCancelledFlag = Atomic(false)

    init() {}

    func cancel() { isCancelledFlag.store(true, ordering: .releasing) }

    /// Whether the result is not wanted any more.
    public var isCancelled: Bool { isCancelledFlag.load(ordering: .acquiring) }

    /// Throws `CancellationError` when the result is not wanted any more.
    public func check() throws(CancellationError) {
        if isCancelled { throw CancellationError() }
    }
}

/// A piece of image work, as the threads that do it see it.
protocol ImageWorkJob: AnyObject, Sendable {
    /// Whether it need not be done any more.
    var isCancelled: Bool { get }

    /// Does it, unless that was cancelled, and hands the result over.
    func run()
}

/// A piece of image work and the task that waits for its result, which gets one exactly once.
final class ImageWorkTask<Value: Sendable>: ImageWorkJob {
    typealias Body = @Sendable (ImageWorkCancellation) throws -> Value

    private enum State {
        case new(Body)
        case waiting(Body, CheckedContinuation<Value, any Error>)
        case begun(CheckedContinuation<Value, any Error>)
        case over
    }

    private let cancellation = ImageWorkCancellation()
    private let state: Mutex<State>

    init(_ body: @escaping Body) { state = Mutex(.new(body)) }

    var isCancelled: Bool { cancellation.isCancelled }

    /// Notes who waits; false when the work was cancelled before, which the waiting task has then been told.
    func wait(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let isWanted = state.withLock { state in
            guard case .new(let body) = state, !cancellation.isCancelled else {
                state = .over
                return false
            }
            state = .waiting(body, continuation)
            return true
        }
        if !isWanted { continuation.resume(throwing: CancellationError()) }
        return isWanted
    }

    func run() {
        let body: Body? = state.withLock { state in
            guard case .waiting(let body, let continuation) = state else { return nil }
            state = .begun(continuation)
            return body
        }
        guard let body else { return }
        let result = Self.result(of: body, cancellation)
        // The thread waits for the next job with whatever lies on its stack.
        eraseStack()
        finish(result)
    }

    /// Keeps the work's variables out of the part of the stack that its caller uses.
    @inline(never) private static func result(
        of body: Body, _ cancellation: ImageWorkCancellation
    ) -> Result<Value, any Error> {
        Result { try body(cancellation) }
    }

    /// Has work that was begun end early, and drops work that was not.
    func cancel() {
        cancellation.cancel()
        let isWaiting = state.withLock { state in
            if case .waiting = state { true } else { false }
        }
        if isWaiting { finish(.failure(CancellationError()), onlyWaiting: true) }
    }

    private func finish(_ result: Result<Value, any Error>, onlyWaiting: Bool = false) {
        let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
            switch state {
            case .waiting(_, let continuation) where onlyWaiting:
                state = .over
                return continuation
            case .begun(let continuation) where !onlyWaiting:
                state = .over
                return continuation
            default:
                return nil
            }
        }
        continuation?.resume(with: result)
    }
}
