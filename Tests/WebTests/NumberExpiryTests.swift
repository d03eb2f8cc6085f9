import Privacy
import Synchronization
import Testing
import Web

@Suite("Forgetting networks' numbers", .timeLimit(.minutes(1)))
struct NumberExpiryTests {
    @Test("goes on by itself, and ends when it is told to")
    func period() async throws {
        let clock = Mutex(Duration.zero)
        let limiter = RateLimiter(limits: RateLimits(), now: { clock.withLock { $0 } })
        #expect(limiter.charge(work: 1e9, to: KeyedHash().number(of: [1])) == nil)
        let turns = Mutex(0)
        let expiry = NumberExpiry([{ limiter.forgetIdle() }, { turns.withLock { $0 += 1 } }], every: .milliseconds(1))
        let running = Task { await expiry.run() }
        while turns.withLock({ $0 }) < 3 { await Task.yield() }
        #expect(limiter.requesterCount == 1)
        clock.withLock { $0 = .seconds(60) }
        while limiter.requesterCount > 0 { await Task.yield() }
        running.cancel()
        await running.value
    }
}
