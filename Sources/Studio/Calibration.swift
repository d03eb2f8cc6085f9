import Privacy

/// How long steps take on this machine, measured before anybody is served.
public struct Calibration: Sendable, Equatable {
    /// One measurement.
    public struct Step: Sendable, Equatable {
        /// Pictures in the pass.
        public let batch: Int
        /// How long the pass took.
        public let seconds: Double
    }

    /// The width and height that steps were measured at, in pixels.
    public let width: Int, height: Int

    /// How long passes took, from few pictures to many.
    public let steps: [Step]

    /// How many pictures should share a pass as far as was measured; the studio tries larger batches later where
    /// there was no time to.
    public let batch: Int

    /// How long a pass over the best batch takes.
    public var milliseconds: Int { Int((steps.last { $0.batch <= batch }?.seconds ?? 0) * 1000) }

    /// Measures steps of an engine at the size that it makes when nobody chooses one, batches of 1, 2, 4 and so on.
    ///
    /// It ends when a larger batch is not worth it, or when the next would take longer than there is time.
    ///
    /// - Parameters:
    ///   - engine: The model; nothing else may use it meanwhile. What it computed is forgotten.
    ///   - maximum: The largest batch.
    ///   - limit: How long it may take. One step is made in any case.
    /// - Throws: What the engine throws.
    public init(of engine: some PictureEngine, upTo maximum: Int, within limit: Duration = .milliseconds(400)) throws {
        try self.init(of: engine, upTo: maximum, within: limit) { ContinuousClock.now }
    }

    package init<Engine: PictureEngine>(
        of engine: Engine, upTo maximum: Int, within limit: Duration, now: () -> ContinuousClock.Instant
    ) throws {
        defer { engine.forget(isIdle: true) }
        var settings = GenerationSettings(for: engine.card)
        let size = engine.card.workingSize(
            for: ImageSize(width: settings.width, height: settings.height), limits: RequestLimits())
        (settings.width, settings.height) = (size.width, size.height)
        // Every measurement makes new tasks, whose steps therefore never run out.
        settings.steps = max(settings.steps, 4)
        let conditioning = try engine.encode(prompt: Prompt("a"), negativePrompt: Prompt(""), settings: settings)
        let end = now() + limit
        func measure(_ batch: Int) throws -> Double {
            var tasks: [Engine.Task] = []
            for number in 0..<batch {
                tasks.append(
                    try engine.begin(
                        settings, seed: UInt64(number), conditioning: conditioning, initialPicture: nil, mask: nil))
            }
            let start = now()
            try engine.step(&tasks)
            let first = now() - start
            // The first pass of a batch also pays for its memory. Where there is time, a second one counts.
            guard now() + first < end else { return first.seconds }
            let again = now()
            try engine.step(&tasks)
            return (now() - again).seconds
        }
        var steps: [Step] = []
        for batch in BatchSize.candidates(upTo: maximum) {
            let expected = (steps.last?.seconds ?? 0) * Double(batch) / Double(max(1, batch / 2))
            guard steps.isEmpty || now() + .seconds(2 * expected) < end else { break }
            steps.append(Step(batch: batch, seconds: try measure(batch)))
            if Self.best(of: steps, upTo: maximum) < batch { break }
        }
        width = settings.width
        height = settings.height
        self.steps = steps
        batch = Self.best(of: steps, upTo: steps.last?.batch ?? maximum)
    }

    private static func best(of steps: [Step], upTo maximum: Int) -> Int {
        BatchSize.best(upTo: maximum) { batch in steps.first { $0.batch == batch }?.seconds }
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { self / .seconds(1) }
}
