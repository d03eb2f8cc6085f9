internal import Synchronization
internal import Telemetry

/// The service's counts as everybody may see them: coarse, and the same for some time, however often they are read.
///
/// Times are shown when enough were counted, as one of a few bounds that half of them stay within.
package final class PublishedFigures: Sendable {
    /// What there is at a moment.
    package struct Snapshot: Sendable, Equatable {
        /// Counts in steps of ``CoarseCount/step``, below the exact ones.
        package var counts: [Count] = []

        /// Seconds that half of all requests waited at most; nil when there were too few.
        package var typicalWait: Double?

        /// Seconds that half of all passes of the denoiser took at most; nil when there were too few.
        package var typicalStep: Double?
    }

    /// A count and what was counted.
    package struct Count: Sendable, Equatable {
        package let kind: PublishedKind
        package let atLeast: Int
    }

    /// How long figures stay the same.
    package static let period = Duration.seconds(600)

    /// How many times must have been counted before any is shown.
    package static let minimumForTimes = 100

    private struct State {
        var counts: [PublishedKind: CoarseCount]
        var taken: Duration?
        var snapshot = Snapshot()
    }

    private let metrics: ServiceMetrics
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    package init(metrics: ServiceMetrics, now: @escaping @Sendable () -> Duration) {
        self.metrics = metrics
        self.now = now
        state = Mutex(
            State(counts: Dictionary(uniqueKeysWithValues: PublishedKind.allCases.map { ($0, CoarseCount()) })))
        _ = read()
    }

    /// The figures; taken anew when those before are old enough.
    package func read() -> Snapshot {
        let now = now()
        return state.withLock { state in
            if let taken = state.taken, now - taken < Self.period { return state.snapshot }
            state.taken = now
            state.snapshot = take(&state.counts)
            return state.snapshot
        }
    }

    private func take(_ counts: inout [PublishedKind: CoarseCount]) -> Snapshot {
        Snapshot(
            counts: PublishedKind.allCases.map { kind in
                counts[kind, default: CoarseCount()].follow(metrics.total(kind))
                return Count(kind: kind, atLeast: counts[kind]?.shown ?? 0)
            },
            typicalWait: median(metrics.waitingTimes), typicalStep: median(metrics.timesOfSteps))
    }

    private func median(_ times: Histogram) -> Double? {
        times.count >= UInt64(Self.minimumForTimes) ? times.bound(ofShare: 0.5) : nil
    }
}

/// What is counted in public. Refusals are not told apart by rule: some rules would say too much of whoever broke them.
package enum PublishedKind: String, CaseIterable, Sendable {
    case requests, pictures, refused, cancelled
    case turnedAway = "turned_away"
    case timedOut = "timed_out"
    case failed

    /// What was counted, for people.
    var words: String {
        switch self {
        case .requests: "requests that were worked on"
        case .pictures: "pictures made"
        case .refused: "prompts refused by a rule"
        case .cancelled: "requests cancelled by whoever sent them"
        case .turnedAway: "requests turned away because too much was waiting"
        case .timedOut: "requests that took too long"
        case .failed: "requests at which the server failed"
        }
    }
}
