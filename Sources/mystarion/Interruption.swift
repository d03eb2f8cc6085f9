import Synchronization

/// Runs work that Ctrl-C ends in an orderly way; a second Ctrl-C ends the process at once.
func interruptible<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let signals = ProcessSignal.take()
    let task = Task(operation: work)
    let first = Mutex<ProcessSignal?>(nil)
    let watch = Task {
        for await signal in signals {
            first.withLock { if $0 == nil { $0 = signal } }
            task.cancel()
        }
    }
    defer {
        watch.cancel()
        ProcessSignal.leave()
    }
    do {
        return try await task.value
    } catch {
        if let signal = first.withLock({ $0 }) { throw Failure(signal) }
        throw error
    }
}
