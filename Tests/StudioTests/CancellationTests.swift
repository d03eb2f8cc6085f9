import Privacy
import Studio
import Synchronization
import Testing

@Suite("Cancelling", .timeLimit(.minutes(1)))
struct CancellationTests {
    @Test("ends a request at the next step, forgets it, and disturbs nobody")
    func running() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        let task = Task { try await studio.generate(.sample(seed: 50, count: 2, steps: 9)) }
        await gate.waitForArrival()
        async let other = studio.generate(.sample(seed: 1, steps: 4))
        #expect(try await eventually { studio.load.waiting == 1 })
        await gate.letOneThroughAndWait()
        #expect(engine.alive.value == 3)
        task.cancel()
        await gate.letOneThroughAndWait()
        await #expect(throws: StudioError.cancelled) { _ = try await task.value }
        #expect(engine.alive.value == 1)
        gate.letAllThrough()
        #expect(try await other.count == 1)
        #expect(engine.passes == [[50, 51], [1, 50, 51], [1], [1], [1]])
        #expect(!engine.calls.contains(.decode(50)))
    }

    @Test("takes a waiting request out at once and erases its prompt")
    func waiting() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1, maximumQueue: 1))
        async let first = studio.generate(.sample(seed: 1))
        await gate.waitForArrival()
        let isErased = Mutex(false)
        let task = Task {
            let prompt = Prompt("a secret wish") { memory in
                let isZero = memory.allSatisfy { $0 == 0 }
                isErased.withLock { $0 = isZero }
            }
            return try await studio.generate(.sample(seed: 2, prompt: prompt))
        }
        #expect(try await eventually { studio.load.waiting == 1 })
        task.cancel()
        // The engine still stands at its gate.
        await #expect(throws: StudioError.cancelled) { _ = try await task.value }
        #expect(isErased.withLock { $0 })
        #expect(studio.load == (0, 1))
        gate.letAllThrough()
        _ = try await first
        #expect(!engine.passes.joined().contains(2))
    }

    @Test("before the request is made ends it too")
    func early() async throws {
        let engine = FakeEngine()
        let studio = Studio(engine: engine)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await studio.generate(.sample(seed: 1))
        }
        task.cancel()
        await #expect(throws: StudioError.cancelled) { _ = try await task.value }
        #expect(engine.calls.isEmpty)
    }

    @Test("while more of its pictures than a batch wait to be decoded holds nobody up")
    func drawn() async throws {
        let gate = Gate()
        let running = Mutex<Task<[Picture], any Error>?>(nil)
        // The second decoding is in the second pass, after which six pictures are left.
        let engine = FakeEngine(gate: gate) { call in
            if call == .decode(51) { running.withLock { $0?.cancel() } }
            return false
        }
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 4))
        let task = Task { try await studio.generate(.sample(seed: 50, count: 10, steps: 1)) }
        running.withLock { $0 = task }
        gate.letAllThrough()
        await #expect(throws: StudioError.cancelled) { _ = try await task.value }
        #expect(try await studio.generate(.sample(seed: 1)).count == 1)
        #expect(!engine.calls.contains(.decode(52)))
    }

    @Test("from within an event does not hang")
    func withinEvent() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1))
        async let first = studio.generate(.sample(seed: 1))
        await gate.waitForArrival()
        async let second = studio.generate(.sample(seed: 2))
        #expect(try await eventually { studio.load.waiting == 1 })
        let task = Mutex<Task<[Picture], any Error>?>(nil)
        let third = Task {
            try await studio.generate(.sample(seed: 3)) { event in
                if case .queued(0, _) = event { task.withLock { $0 }?.cancel() }
            }
        }
        task.withLock { $0 = third }
        #expect(try await eventually { studio.load.waiting == 2 })
        gate.letAllThrough()
        _ = try await (first, second)
        await #expect(throws: StudioError.cancelled) { _ = try await third.value }
    }

    @Test("is what leaving the sequence does")
    func leaving() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        let task = Task {
            for try await event in try await studio.events(for: .sample(seed: 1, steps: 50)) {
                if case .step(2, _, _) = event { break }
            }
        }
        for _ in 0..<3 {
            await gate.waitForArrival()
            gate.letOneThrough()
        }
        try await task.value
        gate.letAllThrough()
        #expect(try await eventually { studio.load == (0, 0) && engine.alive.value == 0 })
        #expect(engine.passes.count < 50)
    }

    @Test("at any moment, among many others, leaves nothing behind", arguments: 0..<8)
    func anyMoment(round: Int) async throws {
        let engine = FakeEngine { call in
            if case .decode(let seed) = call { seed.isMultiple(of: 7) } else { false }
        }
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 3, maximumQueue: 20))
        let ends = FakeEngine.Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                let task = Task {
                    do throws(StudioError) {
                        let request = GenerationRequest.sample(
                            seed: UInt64(number * 100), count: 1 + number % 3, steps: 1 + number % 5,
                            width: number.isMultiple(of: 4) ? 128 : 64)
                        let pictures = try await studio.generate(request)
                        #expect(pictures.count == 1 + number % 3)
                    } catch {
                        if case .queueFull = error {
                        } else {
                            #expect([.cancelled, .failed(.decoding)].contains(error))
                        }
                    }
                    ends.add(1)
                }
                group.addTask {
                    try await Task.sleep(for: .microseconds((number * 7919 + round * 104_729) % 3_000))
                    if number.isMultiple(of: 3) { task.cancel() }
                    await task.value
                }
            }
            try await group.waitForAll()
        }
        #expect(ends.value == 60)
        #expect(studio.load == (0, 0))
        #expect(engine.alive.value == 0)
        await studio.shutdown()
    }

    @Test("nothing is kept of a request that is cancelled just before the studio has nothing left to do")
    func lastToGo() async throws {
        final class Purse: RequestCharge {
            func take(steps: Int, images: Int) -> Int? { nil }
            func refund(part: Double, wasBegun: Bool) {}
        }
        final class Watch { weak var purse: Purse? }
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1))
        let first = Task { try await studio.generate(.sample(seed: 1, steps: 2)) }
        await gate.waitForArrival()
        let watch = Watch()
        func send() -> Task<[Picture], any Error> {
            let purse = Purse()
            watch.purse = purse
            return Task {
                var request = GenerationRequest.sample(seed: 2, steps: 50)
                request.charge = purse
                return try await studio.generate(request)
            }
        }
        let second = send()
        #expect(try await eventually { studio.load.waiting == 1 })
        // The loop has seen both when the first stands at its last step.
        await gate.letOneThroughAndWait()
        second.cancel()
        await #expect(throws: StudioError.cancelled) { _ = try await second.value }
        gate.letAllThrough()
        _ = try await first.value
        #expect(try await eventually { watch.purse == nil })
    }
}
