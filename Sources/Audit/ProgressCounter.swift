import Synchronization

/// Counts what is done and tells after each.
final class ProgressCounter: Sendable {
    private let total: Int
    private let done = Atomic(0)
    private let tell: @Sendable (_ done: Int, _ total: Int) -> Void

    init(of total: Int, tell: @escaping @Sendable (Int, Int) -> Void) {
        self.total = total
        self.tell = tell
    }

    func advance() {
        tell(done.add(1, ordering: .relaxed).newValue, total)
    }
}
