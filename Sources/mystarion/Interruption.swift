import Foundation
import UnixSignals

/// Runs work that Ctrl-C ends in an orderly way; a second Ctrl-C ends the process at once.
func interruptible<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let task = Task(operation: work)
    let watch = Task {
        var isSecond = false
        for await _ in signals {
            if isSecond { Foundation.exit(Failure.Status.interrupted.rawValue) }
            isSecond = true
            task.cancel()
        }
    }
    defer { watch.cancel() }
    return try await task.value
}
