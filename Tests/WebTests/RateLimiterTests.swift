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

    @Test("what costs more than a bucket is let through once, and waited out")
    func debt() {
        var bucket = TokenBucket(perMinute: 60, at: .zero)
        #expect(bucket.take(600, at: .zero) == nil)
        #expect(bucket.take(1, at: .zero) == 541)
        #expect(bucket.take(600, at: .zero) == 600)
        #expect(bucket.take(1, at: .seconds(541)) == nil)
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

    @Test("one requester's spending is not another's")
    func apart() {
        let (time, hash) = (Time(), KeyedHash())
        let limiter = RateLimiter(limits: limits, now: { time.now })
        let (one, other) = (hash.number(of: [1]), hash.number(of: [2]))
        #expect(limiter.take(.requests, from: one) == nil)
        #expect(limiter.take(.requests, from: one) == nil)
        #expect(limiter.take(.requests, from: one) == 30)
        #expect(limiter.take(.requests, from: other) == nil)
        #expect(limiter.rest(of: other).map(\.remaining) == [1, 1_000])
        #expect(limiter.rest(of: one).map(\.seconds) == [60, 0])
    }

    @Test("a new key of the hash does not fill a bucket, and leaves no trace of the old number")
    func rotation() {
        let time = Time()
        let hash = KeyedHash(period: .seconds(100), overlap: .seconds(10), now: { time.now })
        let limiter = RateLimiter(limits: limits, now: { time.now })
        time.pass(.seconds(99))
        #expect(limiter.take(.work, 1_000, from: hash.number(of: [1])) == nil)
        time.pass(.seconds(1))
        #expect(limiter.rest(of: hash.number(of: [1]))[1].remaining == 16)
        #expect(limiter.take(.work, 1_000, from: hash.number(of: [1])) == 59)
        #expect(limiter.requesterCount == 1)
    }

    @Test("idle requesters are forgotten")
    func idle() {
        let (time, hash) = (Time(), KeyedHash())
        let limiter = RateLimiter(limits: limits, now: { time.now })
        for value in 0..<100 { _ = limiter.take(.requests, from: hash.number(of: [UInt8(value)])) }
        #expect(limiter.requesterCount == 100)
        time.pass(.seconds(61))
        _ = limiter.take(.requests, from: hash.number(of: [200]))
        #expect(limiter.requesterCount == 1)
    }

    @Test("a crowd takes a bounded number of buckets, and beyond it one requester's part")
    func crowd() {
        let (time, hash) = (Time(), KeyedHash())
        let limiter = RateLimiter(limits: limits, maximumRequesters: 10, now: { time.now })
        let admitted = (0..<100).count { limiter.take(.requests, from: hash.number(of: [UInt8($0)])) == nil }
        #expect(limiter.requesterCount == 10)
        #expect(admitted == 10 + 2)
    }
}
