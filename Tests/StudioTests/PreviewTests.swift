import Imaging
import Studio
import Synchronization
import Testing

@Suite("Previews", .timeLimit(.minutes(1)))
struct PreviewTests {
    @Test(
        "are spread evenly over the steps, and never made of a finished picture",
        arguments: [
            (Previews.none, 4, []), (.everyStep, 4, [1, 2, 3]), (.count(1), 4, [2]), (.count(3), 8, [2, 4, 6]),
            (.count(2), 20, [7, 14]), (.count(10), 3, [1, 2]), (.count(0), 5, []), (.everyStep, 1, []),
        ] as [(Previews, Int, [Int])])
    func schedule(_ previews: Previews, total: Int, expected: [Int]) {
        #expect((1...total).filter { PreviewSchedule.isDue(previews, after: $0, of: total) } == expected)
    }

    @Test("come between the steps of a request that asks for them")
    func events() async throws {
        let engine = FakeEngine()
        let log = EventLog()
        var request = GenerationRequest.sample(seed: 1, steps: 4)
        request.settings.previews = .count(1)
        _ = try await Studio(engine: engine).generate(request, onEvent: log.note)
        #expect(
            log.all == [
                "queued 0", "started", "step 1/4", "step 2/4", "preview 0", "step 3/4", "step 4/4", "picture 0",
            ])
        #expect(engine.calls.count { $0 == .preview(1) } == 1)
    }

    @Test("are not made when nobody asks")
    func none() async throws {
        let engine = FakeEngine()
        _ = try await Studio(engine: engine).generate(.sample(seed: 1))
        #expect(!engine.calls.contains(.preview(1)))
    }

    @Test("of a slow reader do not pile up: only the newest has pixels")
    func slow() async throws {
        let studio = Studio(engine: FakeEngine())
        let previews = Mutex<[Picture]>([])
        var request = GenerationRequest.sample(seed: 1, steps: 9)
        request.settings.previews = .everyStep
        _ = try await studio.generate(request) { event in
            if case .preview(let picture) = event { previews.withLock { $0.append(picture) } }
        }
        let shades = previews.withLock { $0 }.map { $0.take()?.withBytes { $0[0] } }
        #expect(shades == [nil, nil, nil, nil, nil, nil, nil, 8])
    }

    @Test("go with the request when it is cancelled")
    func cancelled() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate))
        let previews = Mutex<[Picture]>([])
        let task = Task {
            var request = GenerationRequest.sample(seed: 1, steps: 9)
            request.settings.previews = .count(8)
            return try await studio.generate(request) { event in
                if case .preview(let picture) = event { previews.withLock { $0.append(picture) } }
            }
        }
        await gate.waitForArrival()
        for _ in 0..<3 { await gate.letOneThroughAndWait() }
        task.cancel()
        gate.letAllThrough()
        await #expect(throws: StudioError.cancelled) { _ = try await task.value }
        let shades = previews.withLock { $0 }.map { $0.take()?.withBytes { $0[0] } }
        #expect(shades == [nil, nil, nil])
    }

    @Test("that fail do no harm")
    func failing() async throws {
        let engine = FakeEngine { $0 == .preview(1) }
        var request = GenerationRequest.sample(seed: 1)
        request.settings.previews = .everyStep
        #expect(try await Studio(engine: engine).generate(request).count == 1)
    }
}
