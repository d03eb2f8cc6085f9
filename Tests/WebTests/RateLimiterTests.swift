import Privacy
import Synchronization
import Testing
import Web

/// A clock that stands still until it is told otherwise.
private final class Time: Sendable {
    private let passed = Mutex(Duration.zero)
    var now: Duration { passed.withLock { $0 } }
    func pass(_ duration: Duration) { passed.withLock { $0 += duration } }
}

@Suite("Token buckets")
struct TokenBucketTests {
    @Test("a minute's worth can be taken at once, and the rest comes steadily")
    func steady() {
        var bucket = TokenBucket(perMinute: 60, at: .zero)
        for _ in 0..<60 { #expect(bucket.take(1, at: .zero) == nil) }
        #expect(bucket.take(1, at: .zero) == 1)
        #expect(bucket.take(1, at: .milliseconds(999)) != nil)
        #expect(bucket.take(1, at: .seconds(1)) == nil)
        #expect(bucket.take(1, at: .seconds(1)) == 1)
        #expect(bucket.secondsUntilFull(at: .seconds(1)) == 60)
        #expect(bucket.content(at: .seconds(1_000)) == 60)
    }

    @Test(
        "what costs more than a bucket is let through once, and leaves no more to wait for than the bucket takes to fill",
        arguments: [61, 600, 1e18, 1e300, .infinity, .nan])
    func noDebt(cost: Double) {
        var bucket = TokenBucket(perMinute: 60, at: .zero)
        #expect(bucket.take(cost, at: .zero) == nil)
        #expect(bucket.take(1, at: .zero) == 1)
        #expect(bucket.take(cost, at: .zero) == 60)
        #expect(bucket.take(1, at: .seconds(1)) == nil)
        #expect(bucket.content(at: .seconds(61)) == 60)
    }

    @Test("what is given back makes it no fuller than full", arguments: [1, 30, 1e300, .infinity, .nan])
    func givingBack(cost: Double) {
        var bucket = TokenBucket(perMinute: 60, at: .zero)
        bucket.give(back: cost, at: .zero)
        #expect(bucket.content(at: .zero) == 60)
        #expect(bucket.take(30, at: .zero) == nil)
        bucket.give(back: 10, at: .zero)
        #expect(bucket.content(at: .zero) == 40)
        bucket.give(back: -1e300, at: .zero)
        #expect(bucket.content(at: .zero) == 40)
    }

    @Test("over any minute no more than two buckets are taken, however the takes are spread", arguments: 0..<20)
    func bound(seed: Int) {
        var random = SystemRandomNumberGenerator()
        var bucket = TokenBucket(perMinute: 10, at: .zero)
        var (now, taken) = (Duration.zero, 0)
        while now < .seconds(60) {
            if bucket.take(1, at: now) == nil { taken += 1 }
            now += .milliseconds(Int.random(in: 0...500, using: &random))
        }
        #expect(taken >= 10 && taken <= 20)
    }
}

@Suite("The rate limiter")
struct RateLimiterTests {
    private let limits = RateLimits(requestsPerMinute: 2, workPerMinute: 1_000)
    private let time = Time()
    private let hash = KeyedHash()

    private func limiter(_ limits: RateLimits? = nil, maximumRequesters: Int = 20_000) -> RateLimiter {
        RateLimiter(limits: limits ?? self.limits, maximumRequesters: maximumRequesters, now: { [time] in time.now })
    }

    private func network(_ number: Int) -> KeyedHash.Number {
        hash.number(of: withUnsafeBytes(of: number) { Array($0) })
    }

    @Test("one network's spending is not another's")
    func apart() {
        let limiter = limiter()
        #expect(limiter.charge(work: 1, to: network(1)) == nil)
        #expect(limiter.charge(work: 1, to: network(1)) == nil)
        #expect(limiter.charge(work: 1, to: network(1)) == 30)
        #expect(limiter.secondsUntilRequest(from: network(1)) == 30)
        #expect(limiter.charge(work: 1, to: network(2)) == nil)
        #expect(limiter.secondsUntilRequest(from: network(2)) == nil)
    }

    @Test("a request is charged for both or for neither of its number and its work")
    func together() {
        let limiter = limiter()
        #expect(limiter.charge(work: 1_000, to: network(1)) == nil)
        // No work is left, so the request that is left is not charged either.
        for _ in 0..<10 { #expect(limiter.charge(work: 500, to: network(1)) == 30) }
        time.pass(.seconds(30))
        #expect(limiter.charge(work: 500, to: network(1)) == nil)
    }

    @Test("asking whether there is room costs nothing and leaves no trace")
    func asking() {
        let limiter = limiter()
        for _ in 0..<1_000 {
            #expect(limiter.secondsUntilRequest(from: network(1)) == nil)
            #expect(limiter.rest(of: network(1)).map(\.remaining) == [2, 1_000])
        }
        #expect(limiter.requesterCount == 0)
    }

    @Test(
        "no charge, however large, shuts a network out for longer than a minute", arguments: [1e3, 1e18, 1e308, .nan])
    func largest(work: Double) {
        let limiter = limiter()
        #expect(limiter.charge(work: work, to: network(1)) == nil)
        #expect(limiter.charge(work: work, to: network(1)) == 60)
        time.pass(.seconds(60))
        #expect(limiter.charge(work: work, to: network(1)) == nil)
    }

    @Test("what is given back for a request that was never made leaves the network as it was")
    func refund() {
        let limiter = limiter()
        for _ in 0..<100 {
            #expect(limiter.charge(work: 1_000, to: network(1)) == nil)
            limiter.refund(requests: 1, work: 1_000, to: network(1))
        }
        #expect(limiter.requesterCount == 0)
        limiter.refund(requests: 1, work: 1e300, to: network(1))
        #expect(limiter.charge(requests: 2, work: 1_000, to: network(1)) == nil)
        #expect(limiter.charge(work: 1, to: network(1)) == 30)
    }

    @Test("a new key of the hash does not fill a bucket, and leaves no trace of the old number")
    func rotation() {
        let hash = KeyedHash(period: .seconds(100), overlap: .seconds(10), now: { [time] in time.now })
        let limiter = limiter()
        time.pass(.seconds(99))
        #expect(limiter.charge(work: 1_000, to: hash.number(of: [1])) == nil)
        time.pass(.seconds(1))
        #expect(limiter.charge(work: 1_000, to: hash.number(of: [1])) == 60)
        #expect(limiter.requesterCount == 1)
        time.pass(.seconds(60))
        limiter.forgetIdle()
        #expect(limiter.requesterCount == 0)
    }

    @Test("networks are forgotten when their minute is over, though no other comes")
    func idle() {
        let limiter = limiter()
        for number in 0..<100 { #expect(limiter.charge(work: 500, to: network(number)) == nil) }
        #expect(limiter.requesterCount == 100)
        time.pass(.seconds(29))
        limiter.forgetIdle()
        #expect(limiter.requesterCount == 100)
        time.pass(.seconds(2))
        limiter.forgetIdle()
        #expect(limiter.requesterCount == 0)
    }

    @Test("a flood from a hundred thousand networks takes bounded memory and keeps no newcomer out")
    func flood() {
        let limiter = limiter(RateLimits(requestsPerMinute: 60, workPerMinute: 200_000_000))
        for number in 0..<100_000 {
            // As much as can be, and more than once.
            #expect(limiter.charge(work: 1e18, to: network(number)) == nil)
            if number % 10 == 0 { _ = limiter.charge(work: 1e18, to: network(number)) }
            if number % 1_000 == 0 {
                time.pass(.milliseconds(30))
                let newcomer = network(1_000_000 + number)
                #expect(limiter.secondsUntilRequest(from: newcomer) == nil)
                #expect(limiter.charge(work: 5_242_880, to: newcomer) == nil)
            }
        }
        #expect(limiter.requesterCount == 20_000)
        let loner = network(-1)
        for _ in 0..<30 { #expect(limiter.charge(work: 5_242_880, to: loner) == nil) }
        time.pass(.seconds(61))
        limiter.forgetIdle()
        #expect(limiter.requesterCount == 0)
    }

    @Test("in a full table a network that has spent much is kept rather than those that have spent little")
    func worth() {
        let limiter = limiter(RateLimits(requestsPerMinute: 10_000, workPerMinute: 1_000), maximumRequesters: 100)
        #expect(limiter.charge(work: 1_000, to: network(-1)) == nil)
        for number in 0..<10_000 { #expect(limiter.charge(work: 1, to: network(number)) == nil) }
        #expect(limiter.charge(work: 1_000, to: network(-1)) == 60)
    }

    @Test("a small request by somebody else does not show in what is told to be left")
    func coarse() {
        let limits = RateLimits(requestsPerMinute: 60, workPerMinute: 200_000_000)
        for _ in 0..<200 {
            let limiter = limiter(limits)
            #expect(limiter.charge(work: 5_242_880, to: network(1)) == nil)
            let before = limiter.rest(of: network(1))
            #expect(limiter.charge(work: 65_536, to: network(1)) == nil)
            #expect(limiter.rest(of: network(1)) == before)
        }
    }

    @Test("what is told to be left are quarters, near to what is")
    func quarters() throws {
        let limiter = limiter(RateLimits(requestsPerMinute: 40, workPerMinute: 4_000))
        for spent in 1...40 {
            #expect(limiter.charge(work: 100, to: network(1)) == nil)
            for (rest, limit) in zip(limiter.rest(of: network(1)), [40, 4_000]) {
                #expect(rest.remaining % (limit / 4) == 0)
                #expect(abs(rest.remaining - limit * (40 - spent) / 40) <= limit / 4)
                #expect(rest.seconds == 60 - 60 * rest.remaining / limit)
            }
        }
    }

    @Test("the moment at which it changes is another each time")
    func secretThresholds() {
        let firsts = (0..<200).map { _ in
            var level = CoarseLevel()
            return (0...1_000).first { level.level(at: 1 - Double($0) / 1_000) < CoarseLevel.steps } ?? 0
        }
        #expect(Set(firsts).count > 50)
        #expect(firsts.allSatisfy { (62...189).contains($0) })
    }
}
