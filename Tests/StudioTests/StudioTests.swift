import Imaging
import Privacy
import Studio
import Synchronization
import Testing

@Suite("A studio", .timeLimit(.minutes(1)))
struct StudioTests {
    @Test("makes the pictures of a request, each from its own seed")
    func pictures() async throws {
        let studio = Studio(engine: FakeEngine())
        let pictures = try await studio.generate(.sample(seed: 7, count: 3))
        #expect(pictures.map(\.index) == [0, 1, 2])
        #expect(pictures.map(\.seed) == [7, 8, 9])
        for picture in pictures {
            let shade = picture.take()?.withBytes { $0[0] }
            #expect(shade == UInt8(picture.seed))
        }
    }

    @Test("hands a picture's pixels over once")
    func once() async throws {
        let studio = Studio(engine: FakeEngine())
        let picture = try #require(try await studio.generate(.sample(seed: 1)).first)
        #expect(try picture.encoded(as: .png)?.isEmpty == false)
        #expect(try picture.encoded(as: .png) == nil)
    }

    @Test("tells what happens in order")
    func events() async throws {
        let studio = Studio(engine: FakeEngine(), configuration: StudioConfiguration(maximumBatch: 1))
        let log = EventLog()
        _ = try await studio.generate(.sample(seed: 1, count: 2, steps: 2), onEvent: log.note)
        #expect(
            log.all == [
                "queued 0", "started", "step 1/4", "step 2/4", "picture 0", "step 3/4", "step 4/4", "picture 1",
            ])
    }

    @Test("tells the same as a sequence")
    func sequence() async throws {
        let studio = Studio(engine: FakeEngine())
        let log = EventLog()
        for try await event in try await studio.events(for: .sample(seed: 1, steps: 2)) { log.note(event) }
        #expect(log.all == ["queued 0", "started", "step 1/2", "step 2/2", "picture 0"])
    }

    @Test("draws a seed when none is given")
    func seed() async throws {
        let studio = Studio(engine: FakeEngine())
        let seeds = Mutex<Set<UInt64>>([])
        for _ in 0..<4 {
            let request = GenerationRequest(prompt: Prompt("x"), settings: GenerationSettings(for: studio.model))
            let pictures = try await studio.generate(request)
            seeds.withLock { $0.formUnion(pictures.map(\.seed)) }
        }
        #expect(seeds.withLock { $0.count } > 1)
    }

    @Test("erases a prompt as soon as it is encoded")
    func promptErased() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        let isErased = Mutex(false)
        let request = GenerationRequest.sample(
            seed: 1,
            prompt: Prompt("a secret wish") { memory in
                let isZero = memory.allSatisfy { $0 == 0 }
                isErased.withLock { $0 = isZero }
            })
        let events = try await studio.events(for: request)
        await gate.waitForArrival()
        #expect(engine.calls.first == .encode(promptLength: 13))
        #expect(isErased.withLock { $0 })
        gate.letAllThrough()
        for try await _ in events {}
    }

    @Test("scales the initial picture and takes away its opacity")
    func initialPicture() async throws {
        let engine = FakeEngine()
        var request = GenerationRequest.sample(seed: 1, count: 2)
        request.initialPicture = PixelBuffer(width: 5, height: 9, channels: 4)
        _ = try await Studio(engine: engine).generate(request)
        #expect(engine.initialPictures == [64 * 64 * 3, 64 * 64 * 3])
    }

    @Test("refuses what is not allowed before anything is done")
    func invalid() async throws {
        let engine = FakeEngine()
        let studio = Studio(engine: engine)
        await #expect(throws: StudioError.self) { _ = try await studio.generate(.sample(seed: 1, width: 63)) }
        #expect(engine.calls.isEmpty)
        #expect(studio.load == (0, 0))
    }

    @Test("finishes what it took when it shuts down, and takes no more")
    func shutdown() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1))
        let (first, second) = (EventLog(), EventLog())
        async let one = studio.generate(.sample(seed: 1), onEvent: first.note)
        await gate.waitForArrival()
        async let other = studio.generate(.sample(seed: 2), onEvent: second.note)
        #expect(try await eventually { second.all == ["queued 0"] })
        async let end: Void = studio.shutdown()
        #expect(
            try await eventually {
                do throws(StudioError) {
                    _ = try await studio.events(for: .sample(seed: 3))
                    return false
                } catch {
                    return error == .shuttingDown
                }
            })
        gate.letAllThrough()
        await end
        #expect(first.all.last == "picture 0")
        #expect(second.all.last == "picture 0")
        _ = try await (one, other)
        await studio.shutdown()
    }
}
