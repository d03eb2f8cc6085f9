import Privacy
import Synchronization
import Testing

@Suite("Keyed hashes")
struct KeyedHashTests {
    private final class Time: Sendable {
        private let seconds = Mutex(0)
        var now: Duration { .seconds(seconds.withLock { $0 }) }
        func pass(_ passed: Int) { seconds.withLock { $0 += passed } }
    }

    @Test("equal values have equal numbers, others others, and another process's differ")
    func numbers() {
        let hash = KeyedHash()
        #expect(hash.number(of: [1, 2, 3]) == hash.number(of: [1, 2, 3]))
        #expect(hash.number(of: [1, 2, 3]) != hash.number(of: [1, 2, 4]))
        #expect(hash.number(of: [1, 2, 3]) != KeyedHash().number(of: [1, 2, 3]))
        #expect(hash.number(of: [1]).previous == nil)
    }

    @Test("a new key makes new numbers, and the old ones are known for the overlap only")
    func rotation() {
        let time = Time()
        let hash = KeyedHash(period: .seconds(100), overlap: .seconds(10), now: { time.now })
        let first = hash.number(of: [7])
        time.pass(99)
        #expect(hash.number(of: [7]) == first)
        time.pass(1)
        let second = hash.number(of: [7])
        #expect(second.current != first.current)
        #expect(second.previous == first.current)
        time.pass(9)
        #expect(hash.number(of: [7]) == second)
        time.pass(1)
        #expect(hash.number(of: [7]).current == second.current)
        #expect(hash.number(of: [7]).previous == nil)
    }

    @Test("after a quiet time nothing of before is known")
    func quiet() {
        let time = Time()
        let hash = KeyedHash(period: .seconds(100), overlap: .seconds(10), now: { time.now })
        _ = hash.number(of: [7])
        time.pass(1_000)
        #expect(hash.number(of: [7]).previous == nil)
    }

    @Test("keys are replaced and erased when their time is over, though no number is asked for")
    func renewal() {
        let time = Time()
        let hash = KeyedHash(period: .seconds(100), overlap: .seconds(10), now: { time.now })
        let first = hash.number(of: [7])
        time.pass(100)
        hash.renew()
        time.pass(10)
        hash.renew()
        // Had it been replaced only now, the first number would still be known.
        #expect(hash.number(of: [7]).previous == nil)
        #expect(hash.number(of: [7]).current != first.current)
    }
}
