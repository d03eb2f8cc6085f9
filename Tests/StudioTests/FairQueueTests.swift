import Studio
import Testing

@Suite("A fair queue")
struct FairQueueTests {
    private typealias Queue = FairQueue<Int, String>

    /// Gives and pays for the places of so many passes.
    private func passes(_ count: Int, of queue: inout Queue, places: Int, wishes: [String: Int] = [:]) -> [[String]] {
        (0..<count).map { _ in
            let pass = queue.nextPlaces(limit: { _ in places }, wishes: { wishes[$0] ?? 1 }, canShare: { _, _ in true })
            for request in pass { queue.charge(request) }
            return pass
        }
    }

    @Test("gives every requester a place before anybody gets two")
    func roundRobin() {
        var queue = Queue(quantum: 100, peers: 8)
        queue.enter("a", of: 1, stepCost: 1, cost: 100)
        queue.enter("b", of: 1, stepCost: 1, cost: 100)
        queue.enter("c", of: 2, stepCost: 1, cost: 100)
        let pass = passes(1, of: &queue, places: 4, wishes: ["a": 9, "b": 9, "c": 9])[0]
        #expect(pass == ["a", "c", "b", "c"])
    }

    @Test("gives turns worth one quantum")
    func quantum() {
        var queue = Queue(quantum: 2, peers: 8)
        for (request, requester) in [("a", 1), ("b", 2), ("c", 3)] {
            queue.enter(request, of: requester, stepCost: 1, cost: 100)
        }
        _ = passes(20, of: &queue, places: 1)
        let served = passes(60, of: &queue, places: 1).flatMap { $0 }
        // Two steps of each in turn; the first or the last turn may be cut in two.
        #expect(["a", "b", "c"].allSatisfy { name in (19...21).contains(served.count { $0 == name }) })
        #expect((29...30).contains(zip(served, served.dropFirst()).count { $0 != $1 }))
    }

    @Test("serves a newcomer at once, and the others every second time meanwhile")
    func newcomer() {
        var queue = Queue(quantum: 3, peers: 8)
        queue.enter("a", of: 1, stepCost: 1, cost: 100)
        queue.enter("b", of: 2, stepCost: 1, cost: 100)
        _ = passes(12, of: &queue, places: 1)
        queue.enter("new", of: 3, stepCost: 1, cost: 100)
        let next = passes(6, of: &queue, places: 1).joined()
        #expect(next.filter { $0 == "new" }.count == 3)
        #expect(next.prefix(2).contains("new"))
    }

    @Test("does not make a newcomer of who leaves and comes back")
    func comingBack() {
        var queue = Queue(quantum: 2, peers: 8)
        queue.enter("a", of: 1, stepCost: 1, cost: 100)
        queue.enter("b", of: 2, stepCost: 1, cost: 100)
        _ = passes(4, of: &queue, places: 1)
        var served: [String] = []
        for number in 0..<20 {
            queue.enter("short \(number)", of: 3, stepCost: 1, cost: 2)
            for _ in 0..<2 {
                served += passes(1, of: &queue, places: 1)[0]
            }
            queue.leave("short \(number)")
        }
        // A third each; only the first quantum was ahead of its turn.
        #expect(served.filter { $0.hasPrefix("short") }.count <= 20)
        #expect(served.filter { $0 == "a" }.count >= 9)
    }

    @Test("remembers nobody once nobody has work")
    func idle() {
        var queue = FairQueue<Int, Int>(quantum: 4, peers: 4)
        for requester in 0..<3 { queue.enter(requester, of: requester, stepCost: 1, cost: 4) }
        _ = queue.nextPlaces(limit: { _ in 1 }, wishes: { _ in 1 }, canShare: { _, _ in true })
        queue.leave(0)
        queue.leave(1)
        queue.forgetIdle()
        #expect(queue.requesterCount == 3, "one still has work, and turns to wait for")
        queue.leave(2)
        queue.forgetIdle()
        #expect(queue.requesterCount == 0)
    }

    @Test("gives a place in every pass to who asks for little, now and then")
    func little() {
        var queue = Queue(quantum: 20, peers: 8)
        for requester in 1...4 { queue.enter("long \(requester)", of: requester, stepCost: 1, cost: 1_000) }
        _ = passes(50, of: &queue, places: 4)
        for number in 0..<20 {
            queue.enter("short \(number)", of: 5, stepCost: 1, cost: 4)
            #expect(passes(4, of: &queue, places: 4).allSatisfy { $0.contains("short \(number)") })
            queue.leave("short \(number)")
            _ = passes(2, of: &queue, places: 4)
        }
    }

    @Test("does not hold places against a requester that nobody else wanted")
    func unwanted() {
        var queue = Queue(quantum: 2, peers: 8)
        let wishes = ["many": 8]
        queue.enter("many", of: 1, stepCost: 1, cost: 1_000)
        queue.enter("one", of: 2, stepCost: 1, cost: 1_000)
        #expect(passes(100, of: &queue, places: 8, wishes: wishes).allSatisfy { $0.count { $0 == "many" } == 7 })
        for requester in 3...9 { queue.enter("\(requester)", of: requester, stepCost: 1, cost: 1_000) }
        let next = passes(30, of: &queue, places: 8, wishes: wishes)
        #expect(next.count { $0.contains("many") } >= 24)
    }

    @Test("lets a large picture cost what it takes")
    func cost() {
        var queue = Queue(quantum: 8, peers: 8)
        queue.enter("small", of: 1, stepCost: 1, cost: 1_000)
        queue.enter("large", of: 2, stepCost: 4, cost: 1_000)
        let served = (0..<500).map { _ in
            let pass = queue.nextPlaces(limit: { _ in 1 }, wishes: { _ in 1 }, canShare: { $0 == $1 })
            for request in pass { queue.charge(request) }
            return pass[0]
        }
        let small = served.count { $0 == "small" }
        #expect(abs(small - 4 * (500 - small)) <= 16)
    }

    @Test("orders one requester's requests by when they are due")
    func due() {
        var queue = Queue(quantum: 4, peers: 2)
        queue.enter("long", of: 1, stepCost: 1, cost: 10)
        queue.enter("short", of: 1, stepCost: 1, cost: 2)
        #expect(passes(2, of: &queue, places: 1).flatMap { $0 } == ["short", "short"])
        queue.leave("short")
        // The long one is due at 20. Short ones are due 4 later than they come.
        for number in 0..<30 {
            queue.enter("short \(number)", of: 1, stepCost: 1, cost: 2)
            if passes(1, of: &queue, places: 1)[0] == ["long"] {
                #expect(number <= 16)
                return
            }
            _ = passes(1, of: &queue, places: 1)
            queue.leave("short \(number)")
        }
        Issue.record("the long request was never served")
    }

    @Test("tells how much work there is until each is done")
    func forecast() {
        var queue = Queue(quantum: 4, peers: 8)
        queue.enter("a", of: 1, stepCost: 1, cost: 10)
        queue.enter("b", of: 1, stepCost: 1, cost: 30)
        queue.enter("c", of: 2, stepCost: 1, cost: 5)
        let work = queue.workUntilDone { ["a": 10.0, "b": 30, "c": 5][$0] ?? 0 }
        #expect(work == ["a": 15, "b": 45, "c": 10])
    }

    @Test("never starves anybody, whoever comes and goes", arguments: 0..<48)
    func starvation(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let places = Int.random(in: 1...8, using: &random)
        let quantum = Int.random(in: 1...20, using: &random)
        let requesters = Int.random(in: 1...20, using: &random)
        var queue = Queue(quantum: quantum, peers: 8)
        var steps: [String: Int] = [:]
        var pictures: [String: Int] = [:]
        var owner: [String: Int] = [:]
        var waitingSince: [Int: Int] = [:]
        var mostActive: [Int: Int] = [:]
        var isKept = true
        for pass in 0..<500 {
            if owner.count < 60, Int.random(in: 0..<3, using: &random) == 0 {
                let (name, requester) = ("\(pass)", Int.random(in: 0..<requesters, using: &random))
                steps[name] = Int.random(in: 1...60, using: &random)
                pictures[name] = Int.random(in: 1...10, using: &random)
                owner[name] = requester
                queue.enter(name, of: requester, stepCost: 1, cost: steps[name, default: 0])
                if waitingSince[requester] == nil { waitingSince[requester] = pass }
            }
            let chosen = queue.nextPlaces(
                limit: { _ in places }, wishes: { pictures[$0, default: 0] }, canShare: { _, _ in true })
            // Nobody has two places where another requester, who wants one, has none.
            let served = Set(chosen.compactMap { owner[$0] })
            let requesting = Set(owner.values)
            let active = requesting.count
            isKept = isKept && chosen.count <= places && (served.count == active || chosen.count == served.count)
            for requester in requesting {
                if served.contains(requester) {
                    waitingSince[requester] = pass
                    mostActive[requester] = active
                } else {
                    let most = max(mostActive[requester, default: 0], active)
                    mostActive[requester] = most
                    let bound = 2 * (most * (2 * quantum + 1) / max(1, places - 1) + 1)
                    isKept = isKept && pass - waitingSince[requester, default: pass] <= bound && active > places / 2
                }
            }
            for request in chosen {
                queue.charge(request)
                steps[request, default: 0] -= 1
                if steps[request, default: 0] == 0, let requester = owner.removeValue(forKey: request) {
                    queue.leave(request)
                    if !owner.values.contains(requester) {
                        waitingSince[requester] = nil
                        mostActive[requester] = nil
                    }
                }
            }
        }
        #expect(isKept, "\(places) places, turns of \(quantum), \(requesters) requesters")
    }
}

/// A small random source, so that a failing case can be repeated. Steele, Lea and Flood, 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
