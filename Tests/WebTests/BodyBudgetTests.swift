import Privacy
import Synchronization
import Testing
import Web

@Suite("The memory for bodies")
struct BodyBudgetTests {
    private static let mebibyte = 1 << 20

    private final class Time: Sendable {
        private let passed = Mutex(Duration.zero)
        var now: Duration { passed.withLock { $0 } }
        func pass(_ duration: Duration) { passed.withLock { $0 += duration } }
    }

    private final class Refusals: Sendable {
        private let list = Mutex<[BodyBudget.Refusal]>([])
        var all: [BodyBudget.Refusal] { list.withLock { $0 } }
        func note(_ refusal: BodyBudget.Refusal) { list.withLock { $0.append(refusal) } }
    }

    private final class Connection {}

    private let time = Time()
    private let hash = KeyedHash()

    private func budget(_ total: Int) -> BodyBudget { BodyBudget(total: total, now: { [time] in time.now }) }

    private func origin(_ network: UInt8? = nil, _ connection: Connection? = nil) -> BodyBudget.Origin {
        BodyBudget.Origin(
            network: network.map { hash.number(of: [$0]) }, connection: connection.map { ObjectIdentifier($0) })
    }

    /// Opens an account and fills it piece by piece; returns what refused it, if anything.
    private func fill(
        _ budget: BodyBudget, _ origin: BodyBudget.Origin, _ bytes: Int, _ refusals: Refusals = Refusals()
    ) -> (lease: BodyLease, refusal: BodyBudget.Refusal?) {
        let lease = budget.lease(origin, refuse: refusals.note)
        var left = bytes
        while left > 0 {
            let piece = min(left, 32 << 10)
            do { try lease.grow(by: piece) } catch { return (lease, error) }
            left -= piece
        }
        return (lease, nil)
    }

    @Test("counts what has come until the account goes, whatever became of it")
    func counting() {
        let budget = budget(8 * Self.mebibyte)
        var leases = (0..<10).map { fill(budget, origin(UInt8($0)), 1_000 * ($0 + 1)).lease }
        #expect(budget.held == 55_000)
        leases.removeLast()
        #expect(budget.held == 45_000)
        try? leases[0].complete()
        leases = []
        #expect(budget.held == 0 && budget.count == 0)
    }

    @Test("is never exceeded, and what gives way is what has come slowest")
    func slowest() throws {
        let budget = budget(8 * Self.mebibyte)
        let slow = Refusals()
        let parked = fill(budget, origin(), 3 * Self.mebibyte, slow).lease
        time.pass(.seconds(5))
        let quick = Refusals()
        let quicker = fill(budget, origin(), 3 * Self.mebibyte, quick)
        #expect(quicker.refusal == nil && slow.all.isEmpty)
        let newcomer = fill(budget, origin(), 3 * Self.mebibyte)
        #expect(newcomer.refusal == nil)
        #expect(slow.all == [.crowdedOut] && quick.all.isEmpty)
        #expect(budget.held <= 7 * Self.mebibyte)
        #expect(throws: BodyBudget.Refusal.crowdedOut) { try parked.grow(by: 1) }
        #expect(throws: BodyBudget.Refusal.crowdedOut) { try parked.complete() }
        withExtendedLifetime((quicker, newcomer)) {}
    }

    @Test("forty bodies of 63 MiB hold no more than there is, and a small one always finds room")
    func attack() {
        let budget = budget(512 * Self.mebibyte)
        var leases: [BodyLease] = []
        for _ in 0..<40 {
            leases.append(fill(budget, origin(), 63 * Self.mebibyte).lease)
            time.pass(.seconds(1))
            #expect(budget.held <= 512 * Self.mebibyte)
            let small = fill(budget, origin(), 64 << 10)
            #expect(small.refusal == nil)
        }
        #expect(budget.held > 256 * Self.mebibyte)
        withExtendedLifetime(leases) {}
    }

    @Test("is full of small bodies that do not end, and still a small one finds room")
    func manySmall() {
        let budget = budget(8 * Self.mebibyte)
        let leases = (0..<300).map { _ in fill(budget, origin(1), 63 << 10) }
        #expect(budget.held <= 8 * Self.mebibyte)
        #expect(leases.allSatisfy { $0.refusal == nil })
        for network: UInt8 in [1, 2] {
            let small = fill(budget, origin(network), 64 << 10)
            #expect(small.refusal == nil)
        }
        #expect(budget.held <= 8 * Self.mebibyte)
    }

    @Test("a network has half of it, and what is small besides")
    func networks() {
        let budget = budget(8 * Self.mebibyte)
        let first = fill(budget, origin(1), 3 * Self.mebibyte)
        let second = fill(budget, origin(1), 3 * Self.mebibyte)
        #expect(first.refusal == nil && second.refusal == .crowdedOut)
        let small = fill(budget, origin(1), 64 << 10)
        let other = fill(budget, origin(2), 3 * Self.mebibyte)
        #expect(small.refusal == nil && other.refusal == nil)
        withExtendedLifetime((first, second)) {}
    }

    @Test("of a network's bodies the slowest gives way when it has its part")
    func slowestOfNetwork() {
        let budget = budget(8 * Self.mebibyte)
        let (slow, others) = (Refusals(), Refusals())
        let first = fill(budget, origin(1), 3 * Self.mebibyte, slow)
        let other = fill(budget, origin(2), Self.mebibyte, others)
        time.pass(.seconds(5))
        #expect(fill(budget, origin(1), 3 * Self.mebibyte).refusal == nil)
        #expect(slow.all == [.crowdedOut] && others.all.isEmpty)
        withExtendedLifetime((first, other)) {}
    }

    @Test("a network's part is the same under its next number")
    func rotation() throws {
        let hash = KeyedHash(period: .seconds(100), overlap: .seconds(10), now: { [time] in time.now })
        let budget = budget(8 * Self.mebibyte)
        let first = fill(budget, BodyBudget.Origin(network: hash.number(of: [1])), 3 * Self.mebibyte)
        try first.lease.complete()
        time.pass(.seconds(100))
        let second = fill(budget, BodyBudget.Origin(network: hash.number(of: [1])), 3 * Self.mebibyte)
        #expect(second.refusal == .crowdedOut)
        withExtendedLifetime((first, second)) {}
    }

    @Test("all streams of a connection together have a quarter, and at least one body's")
    func connections() {
        let budget = budget(512 * Self.mebibyte)
        let connection = Connection()
        let streams = (0..<100).map { _ in fill(budget, origin(nil, connection), 8 * Self.mebibyte) }
        #expect(streams.count { $0.refusal == nil } == 16)
        #expect(budget.held <= 128 * Self.mebibyte)
        #expect(fill(budget, origin(nil, Connection()), 8 * Self.mebibyte).refusal == nil)
        let least = self.budget(16 * Self.mebibyte)
        #expect(fill(least, origin(nil, connection), 8 * Self.mebibyte).refusal == nil)
    }

    @Test("who holds most gives way, not who comes last")
    func heaviest() {
        let budget = budget(16 * Self.mebibyte)
        let heavy = Refusals()
        let attackers = (0..<4).map { fill(budget, origin($0), 3 * Self.mebibyte, heavy) }
        let more = fill(budget, origin(0), 2 * Self.mebibyte, heavy)
        let honest = Refusals()
        let lone = fill(budget, origin(9), 2 * Self.mebibyte, honest)
        #expect(lone.refusal == nil && honest.all.isEmpty)
        #expect(heavy.all == [.crowdedOut])
        withExtendedLifetime((attackers, more)) {}
    }

    @Test("what has come in full gives way no more")
    func complete() throws {
        let budget = budget(8 * Self.mebibyte)
        let refusals = Refusals()
        let leases = try (0..<4).map { number in
            let lease = fill(budget, origin(UInt8(number)), 7 * Self.mebibyte / 4, refusals).lease
            try lease.complete()
            return lease
        }
        #expect(fill(budget, origin(9), Self.mebibyte).refusal == .crowdedOut)
        #expect(refusals.all.isEmpty)
        #expect(fill(budget, origin(9), 64 << 10).refusal == nil, "an eighth is left for small ones")
        withExtendedLifetime(leases) {}
    }

    @Test("what could never find room is too large")
    func tooLarge() {
        let budget = budget(8 * Self.mebibyte)
        #expect(budget.largestBody == 4 * Self.mebibyte)
        #expect(fill(budget, origin(), 5 * Self.mebibyte).refusal == .tooLarge(maximum: 4 * Self.mebibyte))
        #expect(budget.held == 0)
    }

    @Test("when the server stops, what is unfinished and what comes is told so")
    func close() {
        let budget = budget(8 * Self.mebibyte)
        let refusals = Refusals()
        let lease = fill(budget, origin(1), 1_000, refusals).lease
        budget.close()
        #expect(refusals.all == [.shuttingDown])
        #expect(throws: BodyBudget.Refusal.shuttingDown) { try lease.complete() }
        #expect(fill(budget, origin(1), 1_000).refusal == .shuttingDown)
        #expect(budget.held == 0)
    }
}
