import Studio
import Testing

@Suite("Batches", .timeLimit(.minutes(1)))
struct BatchingTests {
    @Test("the pictures of one request share passes")
    func ownPictures() async throws {
        let engine = FakeEngine()
        _ = try await Studio(engine: engine).generate(.sample(seed: 1, count: 4, steps: 3))
        #expect(engine.passes == [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]])
    }

    @Test("a newcomer joins at the next step, and a finished request leaves")
    func joining() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        async let first = studio.generate(.sample(seed: 10, steps: 4))
        await gate.waitForArrival()
        await gate.letOneThroughAndWait()  // one step is done, the second has begun
        async let second = studio.generate(.sample(seed: 20, steps: 4))
        #expect(try await eventually { studio.load.waiting == 1 })
        gate.letAllThrough()
        _ = try await (first, second)
        #expect(engine.passes == [[10], [10], [10, 20], [10, 20], [20], [20]])
        #expect(engine.alive.value == 0)
    }

    @Test("no pass is larger than allowed, and a large request leaves room for a small one")
    func fairness() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 3))
        async let large = studio.generate(.sample(seed: 100, count: 6, steps: 4))
        await gate.waitForArrival()
        async let small = studio.generate(.sample(seed: 1, count: 1, steps: 4))
        #expect(try await eventually { studio.load.waiting == 1 })
        gate.letAllThrough()
        _ = try await (large, small)
        let passes = engine.passes
        #expect(passes.allSatisfy { $0.count <= 3 })
        // It came during the first pass and needs four: it is in every one of the next four.
        #expect(passes[1...4].allSatisfy { $0.contains(1) })
        #expect(!passes[5...].joined().contains(1))
        #expect(passes.joined().count == 28)
    }

    @Test("pictures of different sizes take turns, a picture's worth of work each")
    func sizes() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        async let first = studio.generate(.sample(seed: 1, steps: 9, requester: 1))
        await gate.waitForArrival()
        async let second = studio.generate(.sample(seed: 2, steps: 5, width: 128, requester: 2))
        #expect(try await eventually { studio.load.waiting == 1 })
        gate.letAllThrough()
        _ = try await (first, second)
        // A turn is four steps of the first or two of the second. In its first turn the second is new: it has every
        // other place at once.
        #expect(engine.passes == [[1], [1], [1], [1], [2], [1], [2], [1], [1], [1], [2], [2], [1], [2]])
    }

    @Test("a short request goes before the long ones of the same requester")
    func shortFirst() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1))
        async let first = studio.generate(.sample(seed: 1, steps: 50))
        await gate.waitForArrival()
        async let second = studio.generate(.sample(seed: 2, steps: 50))
        async let third = studio.generate(.sample(seed: 3, steps: 2))
        #expect(try await eventually { studio.load.waiting == 2 })
        gate.letAllThrough()
        _ = try await (first, second, third)
        #expect(engine.passes.prefix(4) == [[1], [3], [3], [1]])
        #expect(engine.alive.value == 0)
    }

    @Test("sixty requests of one requester do not hold up another's first")
    func crowd() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 2, maximumQueue: 200))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    _ = try await studio.generate(.sample(seed: UInt64(100 + number), steps: 20, requester: 1))
                }
            }
            await gate.waitForArrival()
            #expect(try await eventually { studio.load.waiting + studio.load.running == 60 })
            group.addTask { _ = try await studio.generate(.sample(seed: 7, steps: 4, requester: 2)) }
            #expect(try await eventually { studio.load.waiting + studio.load.running == 61 })
            gate.letAllThrough()
            try await group.waitForAll()
        }
        let served = engine.passes.indices.filter { engine.passes[$0].contains(7) }
        #expect(served == [1, 2, 3, 4])
    }

    @Test("pictures that are drawn together are decoded one at a time, with the others' steps between them")
    func decoding() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 3))
        async let long = studio.generate(.sample(seed: 10, steps: 5, requester: 1))
        await gate.waitForArrival()
        async let pair = studio.generate(.sample(seed: 1, count: 2, steps: 2, requester: 2))
        #expect(try await eventually { studio.load.waiting == 1 })
        gate.letAllThrough()
        _ = try await (long, pair)
        #expect(
            engine.calls.filter { if case .encode = $0 { false } else { true } } == [
                .begin(10), .step([10]), .begin(1), .begin(2), .step([10, 1, 2]), .step([10, 1, 2]), .decode(1),
                .step([10]), .decode(2), .step([10]), .decode(10),
            ])
    }

    @Test("requests beyond the batch wait and are told their place")
    func waiting() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1))
        let logs = [EventLog(), EventLog(), EventLog()]
        async let first = studio.generate(.sample(seed: 1, steps: 1), onEvent: logs[0].note)
        await gate.waitForArrival()
        async let second = studio.generate(.sample(seed: 2, steps: 1), onEvent: logs[1].note)
        #expect(try await eventually { logs[1].all == ["queued 0"] && studio.load.waiting == 1 })
        async let third = studio.generate(.sample(seed: 3, steps: 1), onEvent: logs[2].note)
        #expect(try await eventually { logs[2].all == ["queued 1"] && studio.load.waiting == 2 })
        gate.letAllThrough()
        _ = try await (first, second, third)
        #expect(engine.passes == [[1], [2], [3]])
        #expect(logs[2].all == ["queued 1", "queued 0", "started", "step 1/1", "picture 0"])
    }

    @Test("a full queue refuses at once and serves those it took")
    func full() async throws {
        let gate = Gate()
        let studio = Studio(
            engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1, maximumQueue: 2))
        async let first = studio.generate(.sample(seed: 1))
        await gate.waitForArrival()
        async let second = studio.generate(.sample(seed: 2))
        async let third = studio.generate(.sample(seed: 3))
        #expect(try await eventually { studio.load == (2, 1) })
        await #expect(throws: StudioError.queueFull(retryAfter: 10)) { _ = try await studio.generate(.sample(seed: 4)) }
        await #expect(throws: StudioError.queueFull(retryAfter: 10)) {
            _ = try await studio.events(for: .sample(seed: 5))
        }
        gate.letAllThrough()
        #expect(try await [first, second, third].flatMap { $0.map(\.seed) } == [1, 2, 3])
        #expect(try await studio.generate(.sample(seed: 6)).count == 1)
    }
}
