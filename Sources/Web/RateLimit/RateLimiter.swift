package import Privacy
internal import Synchronization

/// Token buckets of every requester who asked for something in the last minutes, known by a keyed hash only.
///
/// Full buckets are forgotten, since a new one is as good. The number of buckets is bounded: requesters beyond the
/// bound share one, so that a crowd of addresses takes neither memory nor more than one requester's part.
package final class RateLimiter: Sendable {
    /// What is limited.
    package enum Quota: String, CaseIterable {
        case requests
        case work
    }

    /// How much is left of a quota.
    package struct Rest: Equatable {
        package let quota: Quota
        /// What may be taken at once, in whole units.
        package let remaining: Int
        /// Seconds until nothing of it is spent.
        package let seconds: Int
    }

    private struct Buckets {
        var requests: TokenBucket
        var work: TokenBucket

        func isFull(at now: Duration) -> Bool {
            requests.secondsUntilFull(at: now) <= 0 && work.secondsUntilFull(at: now) <= 0
        }
    }

    private struct State {
        var buckets: [UInt64: Buckets] = [:]
        var shared: Buckets
        var swept: Duration
    }

    /// The limits.
    package let limits: RateLimits

    private let maximumRequesters: Int
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    package init(
        limits: RateLimits, maximumRequesters: Int = 20_000, now: @escaping @Sendable () -> Duration = monotonicTime
    ) {
        self.limits = limits
        self.maximumRequesters = maximumRequesters
        self.now = now
        state = Mutex(State(shared: Self.buckets(limits, at: now()), swept: now()))
    }

    /// How many requesters are remembered.
    package var requesterCount: Int { state.withLock { $0.buckets.count } }

    /// Takes from a requester's quota; returns nil when there was enough, else the whole seconds until there is.
    package func take(_ quota: Quota, _ cost: Double = 1, from requester: KeyedHash.Number) -> Int? {
        let now = now()
        let seconds = state.withLock { state in
            update(&state, requester, at: now) { buckets in
                switch quota {
                case .requests: buckets.requests.take(cost, at: now)
                case .work: buckets.work.take(cost, at: now)
                }
            }
        }
        return seconds.map { max(1, Self.whole($0)) }
    }

    /// What is left of a requester's quotas.
    package func rest(of requester: KeyedHash.Number) -> [Rest] {
        let now = now()
        return state.withLock { state in
            let fresh = Self.buckets(limits, at: now)
            let buckets =
                state.buckets[requester.current] ?? requester.previous.flatMap { state.buckets[$0] }
                ?? (state.buckets.count < maximumRequesters ? fresh : state.shared)
            return [(Quota.requests, buckets.requests), (.work, buckets.work)].map { quota, bucket in
                Rest(
                    quota: quota, remaining: Int(max(0, bucket.content(at: now))),
                    seconds: Self.whole(bucket.secondsUntilFull(at: now)))
            }
        }
    }

    private func update<Result>(
        _ state: inout State, _ requester: KeyedHash.Number, at now: Duration, _ body: (inout Buckets) -> Result
    ) -> Result {
        if let previous = requester.previous, let buckets = state.buckets.removeValue(forKey: previous) {
            state.buckets[requester.current] = buckets
        }
        if state.buckets[requester.current] == nil {
            sweep(&state, at: now)
            guard state.buckets.count < maximumRequesters else { return body(&state.shared) }
        }
        return body(&state.buckets[requester.current, default: Self.buckets(limits, at: now)])
    }

    /// Forgets full buckets, at most once a second, because it looks at them all.
    private func sweep(_ state: inout State, at now: Duration) {
        guard now - state.swept >= .seconds(1) else { return }
        state.swept = now
        state.buckets = state.buckets.filter { !$0.value.isFull(at: now) }
    }

    private static func buckets(_ limits: RateLimits, at now: Duration) -> Buckets {
        Buckets(
            requests: TokenBucket(perMinute: limits.requestsPerMinute, at: now),
            work: TokenBucket(perMinute: limits.workPerMinute, at: now))
    }

    /// Whole seconds, rounded up, within what a field can say.
    private static func whole(_ seconds: Double) -> Int { Int(min(max(0, seconds.rounded(.up)), 1e9)) }
}
