import Synchronization

/// Collects what came of requests that are sent at once.
final class Outcomes: Sendable {
    private let list = Mutex<[Outcome]>([])

    var all: [Outcome] { list.withLock { $0 } }

    func add(_ outcome: Outcome) { list.withLock { $0.append(outcome) } }
}
