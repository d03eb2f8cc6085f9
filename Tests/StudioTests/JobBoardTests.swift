import Imaging
import Privacy
import Studio
import Testing

@Suite("A named request", .timeLimit(.minutes(1)))
struct JobBoardTests {
    private let name = JobIdentifier("a name that nobody guesses")

    private func request(
        seed: UInt64, count: Int = 1, steps: Int = 4, prompt: consuming Prompt = Prompt("a fox")
    ) -> GenerationRequest {
        var request = GenerationRequest.sample(seed: seed, count: count, steps: steps, prompt: prompt)
        request.identifier = name
        return request
    }

    @Test("can be watched until it ends, by who knows the name")
    func progress() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1))
        async let pictures = studio.generate(request(seed: 1, count: 2))
        await gate.waitForArrival()
        #expect(studio.jobs.progress(of: JobIdentifier("another name")) == nil)
        #expect(
            studio.jobs.progress(of: JobIdentifier(utf8: Array("a name that nobody guesses".utf8).span))?.totalSteps
                == 8)
        await gate.letOneThroughAndWait()
        let progress = try #require(studio.jobs.progress(of: name))
        #expect(progress.position == nil)
        #expect((progress.completedSteps, progress.totalSteps, progress.stepsPerPicture) == (1, 8, 4))
        #expect(progress.fraction == 0.125)
        #expect(progress.seconds != nil)
        gate.letAllThrough()
        #expect(try await pictures.count == 2)
        #expect(studio.jobs.progress(of: name) == nil)
        #expect(!studio.jobs.interrupt(name))
    }

    @Test("knows its place while it waits")
    func waiting() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1))
        async let first = studio.generate(.sample(seed: 1))
        await gate.waitForArrival()
        async let second = studio.generate(.sample(seed: 2))
        #expect(try await eventually { studio.load.waiting == 1 })
        async let third = studio.generate(request(seed: 3))
        #expect(try await eventually { studio.load.waiting == 2 })
        #expect(studio.jobs.progress(of: name)?.position == 1)
        gate.letAllThrough()
        _ = try await (first, second, third)
    }

    @Test("shows how it looks by now to who asks, as a copy")
    func preview() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        async let pictures = studio.generate(request(seed: 1, steps: 5))
        await gate.waitForArrival()
        await gate.letOneThroughAndWait()
        #expect(!engine.calls.contains(.preview(1)))
        let early = studio.jobs.preview(of: name)?.byteCount
        #expect(early == nil)
        await gate.letOneThroughAndWait()
        for _ in 0..<2 {
            let shade = studio.jobs.preview(of: name)?.withBytes { $0[0] }
            #expect(shade == 2)
        }
        gate.letAllThrough()
        _ = try await pictures
        let late = studio.jobs.preview(of: name)?.byteCount
        #expect(late == nil)
        #expect(engine.calls.count { $0 == .preview(1) } <= 2)
    }

    @Test("gives its finished pictures when it is interrupted, and forgets the others")
    func interrupt() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1))
        async let pictures = studio.generate(request(seed: 1, count: 3, steps: 2))
        await gate.waitForArrival()
        for _ in 0..<3 { await gate.letOneThroughAndWait() }
        #expect(studio.jobs.interrupt(name))
        gate.letAllThrough()
        #expect(try await pictures.map(\.seed) == [1])
        #expect(engine.alive.value == 0)
        #expect(studio.load == (0, 0))
        #expect(engine.passes.count == 4)
    }

    @Test("gives nothing when it is interrupted while it waits, at once")
    func interruptWaiting() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1))
        async let first = studio.generate(.sample(seed: 1))
        await gate.waitForArrival()
        async let second = studio.generate(request(seed: 2))
        #expect(try await eventually { studio.load.waiting == 1 })
        #expect(studio.jobs.interrupt(name))
        #expect(try await second.isEmpty)
        gate.letAllThrough()
        #expect(try await first.count == 1)
        #expect(!engine.calls.contains(.begin(2)))
    }

    @Test("leaves out the picture that is skipped")
    func skip() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine, configuration: StudioConfiguration(maximumBatch: 1))
        let log = EventLog()
        async let pictures = studio.generate(request(seed: 1, count: 3, steps: 2), onEvent: log.note)
        await gate.waitForArrival()
        await gate.letOneThroughAndWait()
        await gate.letOneThroughAndWait()
        #expect(studio.jobs.skip(name))
        gate.letAllThrough()
        #expect(try await pictures.map(\.seed) == [1, 3])
        #expect(log.all.last { $0.hasPrefix("step") } == "step 4/4")
        #expect(engine.alive.value == 0)
    }

    @Test("ends when its last picture is skipped")
    func skipAll() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        async let pictures = studio.generate(request(seed: 1, count: 2))
        await gate.waitForArrival()
        for _ in 0..<2 { studio.jobs.skip(name) }
        gate.letAllThrough()
        #expect(try await pictures.isEmpty)
        #expect(engine.alive.value == 0)
    }

    @Test("ends with an error when it is cancelled")
    func cancel() async throws {
        let gate = Gate()
        let engine = FakeEngine(gate: gate)
        let studio = Studio(engine: engine)
        async let pictures = studio.generate(request(seed: 1))
        await gate.waitForArrival()
        #expect(studio.jobs.cancel(name))
        gate.letAllThrough()
        do {
            _ = try await pictures
            Issue.record("the request was not cancelled")
        } catch {
            #expect(error as? StudioError == .cancelled)
        }
        #expect(studio.jobs.progress(of: name) == nil)
    }

    @Test("gives its name to a later one")
    func twice() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate))
        async let first = studio.generate(request(seed: 1, steps: 9))
        await gate.waitForArrival()
        async let second = studio.generate(request(seed: 2, steps: 7))
        #expect(try await eventually { studio.jobs.progress(of: name)?.totalSteps == 7 })
        gate.letAllThrough()
        _ = try await (first, second)
        #expect(studio.jobs.progress(of: name) == nil)
    }
}
