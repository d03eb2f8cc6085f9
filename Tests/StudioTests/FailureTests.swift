import Privacy
import Studio
import Testing

@Suite("A failing engine", .timeLimit(.minutes(1)))
struct FailureTests {
    @Test(
        "ends the request that it fails for, saying where",
        arguments: [
            (FakeEngine.Call.encode(promptLength: 5), StudioError.Stage.encoding), (.begin(1), .beginning),
            (.step([1]), .denoising), (.decode(1), .decoding),
        ])
    func stages(_ call: FakeEngine.Call, _ stage: StudioError.Stage) async throws {
        let engine = FakeEngine { $0 == call }
        let studio = Studio(engine: engine)
        await #expect(throws: StudioError.failed(stage)) { _ = try await studio.generate(.sample(seed: 1)) }
        #expect(studio.load == (0, 0))
        #expect(engine.alive.value == 0)
    }

    @Test("tells what this model cannot do", arguments: [FakeEngine.Call.encode(promptLength: 5), .begin(1)])
    func refused(_ call: FakeEngine.Call) async throws {
        let model = FakeEngine().card
        var settings = GenerationSettings(for: model)
        settings.steps = 0
        let request = GenerationRequest(prompt: Prompt("a fox"), settings: settings)
        let refusal = try #require(throws: RequestError.self) {
            try request.validate(for: model, limits: RequestLimits())
        }
        let studio = Studio(engine: FakeEngine(error: refusal) { $0 == call })
        await #expect(throws: StudioError.invalid(refusal)) { _ = try await studio.generate(.sample(seed: 1)) }
    }

    @Test("in a shared pass harms only the request at fault")
    func isolated() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate) { call in
            if case .step(let seeds) = call { seeds.contains(66) } else { false }
        }
        let studio = Studio(engine: engine)
        async let good = studio.generate(.sample(seed: 1, steps: 3))
        await gate.waitForArrival()
        async let bad = studio.generate(.sample(seed: 66, steps: 3))
        async let other = studio.generate(.sample(seed: 2, steps: 3))
        #expect(try await eventually { studio.load.waiting == 2 })
        gate.letAllThrough()
        #expect(try await good.map(\.seed) == [1])
        #expect(try await other.map(\.seed) == [2])
        do {
            _ = try await bad
            Issue.record("the request at fault succeeded")
        } catch {
            #expect(error as? StudioError == .failed(.denoising))
        }
        // Nobody was stepped twice for another's failure: three steps each reached the decoder.
        #expect(engine.calls.contains(.decode(1)) && engine.calls.contains(.decode(2)))
        #expect(engine.alive.value == 0)
    }

    @Test("still delivers the pictures before the failure as events")
    func partial() async throws {
        let engine = FakeEngine { $0 == .decode(2) }
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1))
        let log = EventLog()
        await #expect(throws: StudioError.failed(.decoding)) {
            _ = try await studio.generate(.sample(seed: 1, count: 3, steps: 1), onEvent: log.note)
        }
        #expect(log.all.contains("picture 0"))
        #expect(!log.all.contains("picture 1"))
    }

    @Test("does not stop the next request")
    func next() async throws {
        let engine = FakeEngine { $0 == .decode(1) }
        let studio = Studio(engine: engine)
        _ = try? await studio.generate(.sample(seed: 1))
        #expect(try await studio.generate(.sample(seed: 2)).count == 1)
    }

    @Test("whose numbers are none harms only the request at fault, at its first step")
    func notFinite() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate, flaws: FakeEngine.Flaws(notFinite: [66]))
        let studio = Studio(engine: engine)
        async let good = studio.generate(.sample(seed: 1, steps: 3))
        await gate.waitForArrival()
        async let bad = studio.generate(.sample(seed: 65, count: 2, steps: 3))
        #expect(try await eventually { studio.load.waiting == 1 })
        gate.letAllThrough()
        #expect(try await good.map(\.seed) == [1])
        do {
            _ = try await bad
            Issue.record("the request at fault succeeded")
        } catch {
            #expect(error as? StudioError == .failed(.denoising))
        }
        #expect(engine.passes == [[1], [1, 65, 66], [1]])
        #expect(engine.alive.value == 0)
    }

    @Test("or its checker leaves out an unsuitable picture, and says so when there is no other")
    func unsuitable() async throws {
        let engine = FakeEngine(flaws: FakeEngine.Flaws(unsuitable: [2, 9]))
        let studio = Studio(engine: engine)
        #expect(try await studio.generate(.sample(seed: 1, count: 3)).map(\.seed) == [1, 3])
        await #expect(throws: StudioError.unsuitablePicture) { _ = try await studio.generate(.sample(seed: 9)) }
        #expect(engine.alive.value == 0)
        #expect(studio.load == (0, 0))
    }
}
