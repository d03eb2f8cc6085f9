internal import Hummingbird
internal import HummingbirdCore
internal import Synchronization

/// Notices when a client goes away while its request is worked on, from before the response is begun to its end.
///
/// To learn of that, the connection is given up: it ends with the response, which must say so.
final class ClientWatch: Sendable {
    private struct State {
        var hasLeft = false
        var handlers: [Int: @Sendable () -> Void] = [:]
        var nextNumber = 0
    }

    /// Whether the client has left, and who is to be told.
    private final class Departure: Sendable {
        let state = Mutex(State())

        func remove(_ number: Int) { state.withLock { $0.handlers[number] = nil } }

        func forget() { state.withLock { $0.handlers = [:] } }

        func note() {
            let handlers = state.withLock { state in
                state.hasLeft = true
                defer { state.handlers = [:] }
                return state.handlers.values
            }
            for handler in handlers { handler() }
        }
    }

    private let departure = Departure()
    private let ending: AsyncStream<Void>.Continuation
    private let watching: Task<Void, Never>

    /// Begins to watch.
    ///
    /// - Parameter body: The request's body, which has been taken.
    init(_ body: RequestBody) {
        let (ended, ending) = AsyncStream<Void>.makeStream()
        self.ending = ending
        watching = Task { [departure] in
            try? await body.consumeWithInboundCloseHandler { _ in
                for await _ in ended {}
            } onInboundClosed: {
                departure.note()
                ending.finish()
            }
        }
    }

    deinit {
        ending.finish()
        departure.forget()
    }

    /// Ends the watch; the connection can be closed from now on.
    func end() async {
        ending.finish()
        await watching.value
        departure.forget()
    }

    /// Does work, which is cancelled when the client leaves.
    func cancelling<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await work() }
        let number = add { task.cancel() }
        defer { departure.remove(number) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// The same elements, until the client leaves: then the sequence throws `CancellationError` and its source is left.
    func cancelling<Element: Sendable>(
        _ elements: AsyncThrowingStream<Element, any Error>
    ) -> AsyncThrowingStream<Element, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: Element.self)
        let task = Task {
            do {
                for try await element in elements { continuation.yield(element) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        let number = add { continuation.finish(throwing: CancellationError()) }
        continuation.onTermination = { [departure] _ in
            task.cancel()
            departure.remove(number)
        }
        return stream
    }

    /// Has somebody told when the client leaves, or at once when it has.
    private func add(_ handler: @escaping @Sendable () -> Void) -> Int {
        let (number, hasLeft) = departure.state.withLock { state in
            state.nextNumber += 1
            if !state.hasLeft { state.handlers[state.nextNumber] = handler }
            return (state.nextNumber, state.hasLeft)
        }
        if hasLeft { handler() }
        return number
    }
}
