internal import Studio
internal import Synchronization

/// Whether new requests are welcome, for those who send them here: a load balancer, an orchestrator, an operator.
///
/// The server listens only when the model has been read, so a server that answers has one.
public final class Readiness: Sendable {
    /// What speaks against sending requests here.
    enum Obstacle: String, CaseIterable, Sendable {
        /// The server finishes what it has and stops.
        case draining
        /// As many requests wait as may.
        case full
        /// Requests are worked on, but for long no step of any was finished.
        case stuck
    }

    private let stuckAfter: Duration
    private let metrics: ServiceMetrics
    private let isDraining = Atomic(false)

    /// Watches a service.
    ///
    /// - Parameters:
    ///   - metrics: Where the studio's progress is known.
    ///   - stuckAfter: How long work may go without progress; longer than a step or a decoding takes.
    public init(metrics: ServiceMetrics, stuckAfter: Duration = .seconds(300)) {
        self.metrics = metrics
        self.stuckAfter = stuckAfter
    }

    /// Says from now on that no requests should come.
    public func beginDraining() { isDraining.store(true, ordering: .releasing) }

    /// Whether the server stops.
    var isStopping: Bool { isDraining.load(ordering: .acquiring) }

    /// What speaks against requests, or nil when they are welcome.
    func obstacle(in studio: Studio, now: ContinuousClock.Instant = .now) -> Obstacle? {
        let load = studio.load
        if isDraining.load(ordering: .acquiring) { return .draining }
        if load.running > 0, let last = metrics.lastProgress, now - last > stuckAfter { return .stuck }
        if load.waiting > 0, load.waiting >= studio.configuration.maximumQueue { return .full }
        return nil
    }
}
