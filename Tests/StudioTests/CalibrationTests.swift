import Studio
import Testing

@Suite("Calibration", .timeLimit(.minutes(1)))
struct CalibrationTests {
    /// Calibrates with an engine whose pass over so many pictures takes so many milliseconds.
    private func calibrate(
        upTo maximum: Int, within limit: Duration = .seconds(60), _ milliseconds: @escaping @Sendable (Int) -> Int
    ) throws -> Calibration {
        let clock = FakeClock()
        let engine = FakeEngine(onStep: { clock.advance(by: .milliseconds(milliseconds($0))) })
        let calibration = try Calibration(of: engine, upTo: maximum, within: limit) { clock.now }
        #expect(engine.alive.value == 0)
        return calibration
    }

    @Test("finds the batch that is best for each picture")
    func best() throws {
        let calibration = try calibrate(upTo: 16) { [1: 10, 2: 16, 4: 24, 8: 47][$0] ?? 1_000 }
        #expect(calibration.batch == 4)
        #expect(calibration.steps.map(\.batch) == [1, 2, 4, 8])
        #expect(calibration.steps.map(\.seconds) == [0.010, 0.016, 0.024, 0.047])
        #expect((calibration.width, calibration.height) == (64, 64))
    }

    @Test("stops where a larger batch gains too little")
    func noGain() throws {
        let calibration = try calibrate(upTo: 8) { 100 * $0 }
        #expect(calibration.batch == 1)
        #expect(calibration.steps.map(\.batch) == [1, 2])
    }

    @Test("tries no more than is allowed")
    func maximum() throws {
        #expect(try calibrate(upTo: 3) { 100 + $0 }.steps.map(\.batch) == [1, 2, 3])
        #expect(try calibrate(upTo: 3) { 100 + $0 }.batch == 3)
        #expect(try calibrate(upTo: 1) { 100 + $0 }.batch == 1)
    }

    @Test("takes no longer than it may")
    func limit() throws {
        let slow = try calibrate(upTo: 8, within: .milliseconds(400)) { 3_000 * $0 }
        #expect(slow.steps.map(\.batch) == [1])
        let fair = try calibrate(upTo: 8, within: .milliseconds(300)) { 10 + 20 * $0 }
        #expect(fair.steps.map(\.batch) == [1, 2])
    }

    @Test("decides how many pictures share a pass")
    func used() async throws {
        let calibration = try calibrate(upTo: 4) { [1: 10, 2: 12][$0] ?? 100 }
        #expect(calibration.batch == 2)
        let engine = FakeEngine()
        let studio = Studio(engine: engine, calibration: calibration)
        _ = try await studio.generate(.sample(seed: 1, count: 4, steps: 1))
        #expect(engine.passes == [[1, 2], [3, 4]])
    }

    @Test("is completed by what steps take later")
    func learning() async throws {
        let short = try calibrate(upTo: 4, within: .zero) { 10 + 2 * $0 }
        #expect(short.steps.map(\.batch) == [1])
        let clock = FakeClock()
        let engine = FakeEngine(onStep: { clock.advance(by: .milliseconds(10 + 2 * $0)) })
        let studio = Studio(engine: engine, calibration: short) { clock.now }
        _ = try await studio.generate(.sample(seed: 1, count: 4, steps: 20))
        // Twice two, then four: the first of a kind also pays for its memory.
        #expect(engine.passes.map(\.count).prefix(4) == [2, 2, 4, 4])
    }

    @Test("tries larger batches only as long as each is better")
    func batchSize() {
        #expect(BatchSize.candidates(upTo: 8) == [1, 2, 4, 8])
        #expect(BatchSize.candidates(upTo: 6) == [1, 2, 4, 6])
        #expect(BatchSize.candidates(upTo: 1) == [1])
        #expect(BatchSize.best(upTo: 8) { _ in nil } == 1)
        #expect(BatchSize.best(upTo: 8) { [1: 1.0, 2: 1.5][$0] } == 4)
        #expect(BatchSize.best(upTo: 8) { [1: 1.0, 2: 1.96][$0] } == 1)
        #expect(BatchSize.best(upTo: 8) { [1: 1.0, 2: 1.96, 4: 3.0, 8: 6.0][$0] } == 4)
        #expect(BatchSize.best(upTo: 8) { [1: 1.0, 2: 1.5, 4: 2.95, 8: 5.9][$0] } == 2)
    }

    @Test("times are estimated from the most alike that was measured")
    func times() {
        var times = StepTimes()
        #expect(times.pass(pixels: 100, evaluations: 1) == nil)
        #expect(times.decoding(pixels: 100) == nil)
        times.notePass(pixels: 100, evaluations: 1, seconds: 9)
        #expect(times.measuredPass(pixels: 100, evaluations: 1) == nil)
        times.notePass(pixels: 100, evaluations: 1, seconds: 1)
        #expect(times.measuredPass(pixels: 100, evaluations: 1) == 1)
        times.notePass(pixels: 100, evaluations: 1, seconds: 2)
        #expect(times.pass(pixels: 100, evaluations: 1) == 1.2)
        times.notePass(pixels: 100, evaluations: 4, seconds: 3)
        #expect(times.pass(pixels: 100, evaluations: 3) == 2.25)
        #expect(times.pass(pixels: 200, evaluations: 4) == 6)
        times.noteDecoding(pixels: 100, seconds: 1)
        #expect(times.decoding(pixels: 300) == 3)
    }
}
