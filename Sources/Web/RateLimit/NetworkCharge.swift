internal import Privacy
internal import Studio
internal import Synchronization

/// What one request is charged to its network, from its admission to its end.
final class NetworkCharge: RequestCharge {
    private let limiter: RateLimiter
    private let number: KeyedHash.Number
    private let charged = Mutex(0.0)

    init(_ limiter: RateLimiter, _ number: KeyedHash.Number) {
        self.limiter = limiter
        self.number = number
    }

    func take(work: Int) -> Int? {
        // No more is charged than a bucket holds, and so no more may be given back.
        let work = Double(min(max(0, work), limiter.limits.workPerMinute))
        if let seconds = limiter.charge(work: work, to: number) { return seconds }
        charged.withLock { $0 = work }
        return nil
    }

    func refund(part: Double, wasBegun: Bool) {
        let work = charged.withLock { charged in
            defer { charged = 0 }
            return charged
        }
        limiter.refund(requests: wasBegun ? 0 : 1, work: work * min(max(0, part), 1), to: number)
    }
}
