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

    func take(steps: Int, images: Int) -> Int? {
        // No more is charged than a bucket holds, and so no more may be given back.
        let most = Double(limiter.limits.workPerMinute)
        let images = min(max(0, Double(images)), most)
        let steps = min(max(0, Double(steps)), most - images)
        if let seconds = limiter.charge(work: steps + images, to: number) { return seconds }
        charged.withLock { $0 = steps }
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
