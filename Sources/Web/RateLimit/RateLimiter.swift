package import Privacy
internal import Synchronization

/// Token buckets of the networks whose requests were admitted in the last minute, known by a keyed hash only.
///
/// What is charged is what was admitted: a request that is refused for whatever reason leaves no trace here. A bucket
/// that is full again is forgotten, since a new one is as good. The number of buckets is bounded; a network beyond the
/// bound takes the place of another, which begins with a full bucket when it comes again.
package final class RateLimiter: Sendable {
    /// What is limited.
    package enum Quota: String, CaseIterable {
        case requests
        case work
    }

    /// How much is left of a quota, in quarters of it.
    package struct Rest: Equatable {
        package let quota: Quota
        /// About what may be taken at once, in whole units.
        package let remaining: Int
        /// About how many seconds it takes until nothing of it is spent.
        package let seconds: Int
    }

    private struct Buckets {
        var requests: TokenBucket
        var work: TokenBucket
        var requestsShown = CoarseLevel()
        var workShown = CoarseLevel()

        init(_ limits: RateLimits, at now: Duration) {
            requests = TokenBucket(perMinute: limits.requestsPerMinute, at: now)
            work = TokenBucket(perMinute: limits.workPerMinute, at: now)
        }

        /// The seconds until both are full; the more, the more it matters to keep them.
        func secondsUntilFull(at now: Duration) -> Double {
            max(requests.secondsUntilFull(at: now), work.secondsUntilFull(at: now))
        }
    }

    /// The limits.
    package let limits: RateLimits

    private let now: @Sendable () -> Duration
    private let table: Mutex<BoundedTable<Buckets>>

    /// Begins with nothing spent.
    ///
    /// - Parameters:
    ///   - limits: The limits.
    ///   - maximumRequesters: The most networks that are remembered.
    ///   - now: The time on a clock that never goes back.
    package init(
        limits: RateLimits, maximumRequesters: Int = 20_000, now: @escaping @Sendable () -> Duration = monotonicTime
    ) {
        self.limits = limits
        self.now = now
        table = Mutex(BoundedTable(maximum: maximumRequesters) { $0.secondsUntilFull(at: now()) })
    }

    /// How many networks are remembered.
    package var requesterCount: Int { table.withLock { $0.count } }

    /// Charges an admitted request and its work to a network; returns nil when there was enough of both, else charges
    /// nothing and returns the seconds until there is.
    package func charge(requests: Double = 1, work: Double, to requester: KeyedHash.Number) -> Int? {
        let now = now()
        return table.withLock { table in
            Self.move(requester, in: &table)
            var buckets = table[requester.current] ?? Buckets(limits, at: now)
            let waits = [buckets.requests.secondsUntil(requests, at: now), buckets.work.secondsUntil(work, at: now)]
            if let seconds = waits.compactMap(\.self).max() { return Self.retryAfter(seconds) }
            _ = buckets.requests.take(requests, at: now)
            _ = buckets.work.take(work, at: now)
            table[requester.current] = buckets
            return nil
        }
    }

    /// Gives back what was charged for what was not done.
    package func refund(requests: Double, work: Double, to requester: KeyedHash.Number) {
        let now = now()
        table.withLock { table in
            // What has been forgotten meanwhile was full.
            guard var buckets = table[requester.current] else { return }
            buckets.requests.give(back: requests, at: now)
            buckets.work.give(back: work, at: now)
            table[requester.current] = buckets.secondsUntilFull(at: now) <= 0 ? nil : buckets
        }
    }

    /// The seconds until a network may send a request; nil when it may now. Nothing is charged.
    package func secondsUntilRequest(from requester: KeyedHash.Number) -> Int? {
        let now = now()
        return table.withLock { table in
            Self.move(requester, in: &table)
            return table[requester.current]?.requests.secondsUntil(1, at: now).map(Self.retryAfter)
        }
    }

    /// About what is left of a network's quotas.
    package func rest(of requester: KeyedHash.Number) -> [Rest] {
        let now = now()
        return table.withLock { table in
            Self.move(requester, in: &table)
            var levels = (requests: CoarseLevel.steps, work: CoarseLevel.steps)
            if var buckets = table[requester.current] {
                levels.requests = buckets.requestsShown.level(at: buckets.requests.part(at: now))
                levels.work = buckets.workShown.level(at: buckets.work.part(at: now))
                table[requester.current] = buckets
            }
            return [
                Self.rest(.requests, level: levels.requests, of: limits.requestsPerMinute),
                Self.rest(.work, level: levels.work, of: limits.workPerMinute),
            ]
        }
    }

    /// Forgets the networks whose buckets are full. To be called every few seconds, so that none is remembered only
    /// because no other comes.
    package func forgetIdle() {
        let now = now()
        table.withLock { $0.removeAll { $0.secondsUntilFull(at: now) <= 0 } }
    }

    /// Brings what is known under a network's number of before to its present one.
    private static func move(_ requester: KeyedHash.Number, in table: inout BoundedTable<Buckets>) {
        guard let previous = requester.previous, let buckets = table[previous] else { return }
        table[previous] = nil
        table[requester.current] = buckets
    }

    private static func rest(_ quota: Quota, level: Int, of limit: Int) -> Rest {
        let part = Double(level) / Double(CoarseLevel.steps)
        return Rest(quota: quota, remaining: Int(Double(limit) * part), seconds: Int(60 * (1 - part)))
    }

    /// Whole seconds in steps of five, rounded up: a step in which several small requests are lost from sight.
    private static func retryAfter(_ seconds: Double) -> Int {
        min(60, max(1, Int(min(max(0, seconds), 60) / 5 + 0.999_999)) * 5)
    }
}

extension TokenBucket {
    /// The part of it that is full, from 0 to 1.
    fileprivate func part(at now: Duration) -> Double { content(at: now) / capacity }
}
