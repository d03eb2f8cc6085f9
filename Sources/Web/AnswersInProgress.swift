internal import Synchronization

/// The answers whose last byte is not yet sent, for a server that stops to wait for.
///
/// A picture that was made is not yet with its client, and some clients of HTTP/2 give up all their streams when the
/// server says that it takes no more, so it says that when nothing is left to send.
public final class AnswersInProgress: Sendable {
    private let count = Atomic(0)

    /// Knows of none.
    public init() {}

    /// Returns when there are none, or when the time is over.
    public func waitForNone(atMost limit: Duration) async {
        let end = ContinuousClock.now + limit
        while count.load(ordering: .acquiring) > 0, ContinuousClock.now < end {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }

    /// Counts one more, for as long as the object lives that this returns.
    func add() -> Answer { Answer(of: self) }

    /// One of them, for as long as this object lives.
    final class Answer: Sendable {
        private let all: AnswersInProgress

        fileprivate init(of all: AnswersInProgress) {
            self.all = all
            all.count.add(1, ordering: .acquiringAndReleasing)
        }

        deinit { all.count.subtract(1, ordering: .acquiringAndReleasing) }
    }
}
