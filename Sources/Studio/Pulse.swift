import Synchronization

/// When the engine last finished a step, for who asks whether it still works.
final class Pulse: Sendable {
    private let instant = Mutex<ContinuousClock.Instant?>(nil)

    /// When it was; nil before the first step.
    var last: ContinuousClock.Instant? { instant.withLock { $0 } }

    /// Notes that a step is finished.
    func beat(at now: ContinuousClock.Instant) { instant.withLock { $0 = now } }
}
