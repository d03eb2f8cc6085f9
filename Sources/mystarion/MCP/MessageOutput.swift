import Foundation
import Output
import Synchronization

/// Standard output for messages, each a line, written one after another by a thread of their own.
final class MessageOutput: Sendable {
    private let queue = DispatchQueue(label: "messages")
    private let problem = Mutex<Failure?>(nil)

    /// Why nothing can be written any more; nil while it can.
    var failure: Failure? { problem.withLock { $0 } }

    /// Writes a line when those before it are written.
    @Sendable func write(_ line: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { [self] in
                do {
                    try OutputDescriptor.standardOutput.write(line + [UInt8(ascii: "\n")])
                    continuation.resume()
                } catch {
                    let failure = Failure(.readOrWrite, "standard output cannot be written to: \(error).")
                    problem.withLock { $0 = failure }
                    continuation.resume(throwing: failure)
                }
            }
        }
    }
}
