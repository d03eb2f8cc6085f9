import Imaging
import Privacy
import Studio
import Synchronization
import Testing

@Suite("A busy studio", .timeLimit(.minutes(1)))
struct BoundsTests {
    @Test("says when to come again, from how long its work takes")
    func retryAfter() async throws {
        let (gate, clock) = (Gate(), FakeClock())
        let engine = FakeEngine(gate: gate, onStep: { _ in clock.advance(by: .seconds(3)) })
        var configuration = StudioConfiguration(maximumBatch: 1)
        configuration.maximumQueueSeconds = 40
        let studio = Studio(engine: engine, configuration: configuration) { clock.now }
        let log = EventLog()
        async let first = studio.generate(.sample(seed: 1, steps: 10), onEvent: log.note)
        await gate.waitForArrival()
        await gate.letOneThroughAndWait()
        // Nine steps of three seconds are left: twelve more fit, six more do not.
        await #expect(throws: StudioError.queueFull(retryAfter: 5)) {
            _ = try await studio.generate(.sample(seed: 2, steps: 6))
        }
        let events = Mutex<[Double?]>([])
        async let third = studio.generate(.sample(seed: 3, steps: 4)) { event in
            if case .queued(_, let seconds) = event { events.withLock { $0.append(seconds) } }
        }
        #expect(try await eventually { studio.load.waiting == 1 })
        #expect(events.withLock { $0.first } == 39)
        gate.letAllThrough()
        _ = try await (first, third)
        // However long, a request that nobody is before is taken.
        #expect(try await studio.generate(.sample(seed: 4, steps: 50)).count == 1)
    }

    @Test("keeps room for others from a requester with many requests")
    func share() async throws {
        let gate = Gate()
        let studio = Studio(
            engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1, maximumQueue: 7))
        let requests = Mutex<[AsyncThrowingStream<GenerationEvent, any Error>]>([])
        func ask(_ requester: UInt64) async -> Bool {
            guard let events = try? await studio.events(for: .sample(seed: requester, requester: requester)) else {
                return false
            }
            requests.withLock { $0.append(events) }
            return true
        }
        // Whoever is alone leaves a quarter of eight; the next get what is left, and always one who has none.
        func asks(_ requester: UInt64) async -> Int {
            var count = 0
            for _ in 0..<8 where await ask(requester) { count += 1 }
            return count
        }
        #expect(await asks(1) == 6)
        #expect(await asks(2) == 1)
        #expect(await !ask(1))
        #expect(await ask(3))
        #expect(await !ask(4))
        gate.letAllThrough()
        await studio.shutdown()
    }

    @Test("refuses what it has no memory for before anything is done")
    func memory() async throws {
        let engine = FakeEngine(bytesPerPixel: 1 << 10)
        var configuration = StudioConfiguration()
        configuration.memoryBudget = 7 << 20
        configuration.bodyBudget = 0
        let studio = Studio(engine: engine, configuration: configuration)
        await #expect(throws: StudioError.tooLarge(needed: 10, available: 6)) {
            _ = try await studio.generate(.sample(seed: 1, width: 128))
        }
        #expect(engine.calls.isEmpty)
        // Alone, a smaller one fits; more of its pictures in one pass do not.
        #expect(try await studio.generate(.sample(seed: 2, count: 2, steps: 1)).count == 2)
        #expect(engine.passes == [[2], [3]])
    }

    @Test("takes no more requests than its memory serves together")
    func memoryTogether() async throws {
        let gate = Gate()
        var configuration = StudioConfiguration()
        configuration.memoryBudget = 5 << 19
        configuration.bodyBudget = 0
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: configuration)
        async let first = studio.generate(.sample(seed: 1))
        async let second = studio.generate(.sample(seed: 2))
        #expect(try await eventually { studio.load.waiting + studio.load.running == 2 })
        await #expect(throws: StudioError.queueFull(retryAfter: 10)) { _ = try await studio.generate(.sample(seed: 3)) }
        gate.letAllThrough()
        _ = try await (first, second)
        #expect(try await studio.generate(.sample(seed: 3)).count == 1)
    }

    @Test("ends what takes too long, whether it runs or waits, and forgets it")
    func deadline() async throws {
        let (gate, clock) = (Gate(), FakeClock())
        let engine = FakeEngine(gate: gate, onStep: { _ in clock.advance(by: .seconds(1)) })
        let ends = Mutex<[String]>([])
        let studio = Studio(
            engine: engine, configuration: StudioConfiguration(maximumBatch: 1),
            measure: { measurement in
                if case .timedOut = measurement { ends.withLock { $0.append("timed out") } }
            }, now: { clock.now })
        let isErased = Mutex(false)
        let running = Task {
            var request = GenerationRequest.sample(seed: 1, steps: 9)
            request.timeLimit = .seconds(3)
            return try await studio.generate(request)
        }
        await gate.waitForArrival()
        let waiting = Task {
            let prompt = Prompt("a secret wish") { memory in
                let isZero = memory.allSatisfy { $0 == 0 }
                isErased.withLock { $0 = isZero }
            }
            var request = GenerationRequest.sample(seed: 2, steps: 20, prompt: prompt)
            request.timeLimit = .seconds(2)
            return try await studio.generate(request)
        }
        #expect(try await eventually { studio.load.waiting == 1 })
        gate.letAllThrough()
        await #expect(throws: StudioError.timedOut) { _ = try await running.value }
        await #expect(throws: StudioError.timedOut) { _ = try await waiting.value }
        #expect(engine.passes == [[1], [1], [1]])
        #expect(isErased.withLock { $0 })
        #expect(engine.alive.value == 0)
        #expect(studio.load == (0, 0))
        #expect(ends.withLock { $0.count } == 2)
    }

    @Test("gives what it took a while to finish when it shuts down, and tells the rest that it stops")
    func drain() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1))
        #expect(studio.isAccepting)
        #expect(studio.lastStep == nil)
        let first = Task { try await studio.generate(.sample(seed: 1, steps: 50)) }
        await gate.waitForArrival()
        let second = Task { try await studio.generate(.sample(seed: 2)) }
        #expect(try await eventually { studio.load.waiting == 1 })
        async let end: Void = studio.shutdown(within: .milliseconds(20))
        #expect(try await eventually { !studio.isAccepting })
        // The one that waits ends when the time is over; the one at the gate at its next step.
        await #expect(throws: StudioError.shuttingDown) { _ = try await second.value }
        gate.letAllThrough()
        await #expect(throws: StudioError.shuttingDown) { _ = try await first.value }
        await end
        #expect(engine.alive.value == 0)
        #expect(studio.lastStep != nil)
    }

    @Test("shuts down at once when nothing is left to do")
    func idleDrain() async throws {
        let studio = Studio(engine: FakeEngine())
        _ = try await studio.generate(.sample(seed: 1))
        await studio.shutdown(within: .seconds(600))
    }

    @Test("counts what happens")
    func measurements() async throws {
        let counts = Mutex<[String: Int]>([:])
        let studio = Studio(engine: FakeEngine { $0 == .decode(9) }) { measurement in
            let name =
                switch measurement {
                case .waited: "waited"
                case .step(_, let batch): "step of \(batch)"
                case .picture(let pixels): "picture of \(pixels)"
                case .failed(let stage): "failed \(stage)"
                default: "other"
                }
            counts.withLock { $0[name, default: 0] += 1 }
        }
        _ = try await studio.generate(.sample(seed: 1, count: 2, steps: 3))
        _ = try? await studio.generate(.sample(seed: 9, steps: 1))
        let expected = ["waited": 2, "step of 2": 3, "step of 1": 1, "picture of 4096": 2, "failed decoding": 1]
        #expect(counts.withLock { $0 } == expected)
    }
}
