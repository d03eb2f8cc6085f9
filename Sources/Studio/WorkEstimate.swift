import Synchronization

/// What is known about how long work takes, for everybody who wants an estimate.
final class WorkEstimate: Sendable {
    private let times: Mutex<StepTimes>
    private let enlargingTimes = Mutex(StepTimes())
    private let adaptsBatch: Bool
    private let maximumBatch: Int

    /// - Parameters:
    ///   - calibration: What was measured; without it, batches are as large as they may be.
    ///   - model: The model that it was measured with.
    ///   - maximumBatch: The most pictures that share a pass.
    init(_ calibration: Calibration?, model: ModelCard, maximumBatch: Int) {
        var times = StepTimes()
        let work = Workload(defaultOf: model, steps: 1)
        for step in calibration?.steps ?? [] {
            // Twice, for a calibration's measurement needs no confirmation.
            for _ in 0..<2 {
                times.notePass(
                    pixels: work.pixels, evaluations: step.batch * work.evaluations,
                    seconds: step.seconds)
            }
        }
        self.times = Mutex(times)
        adaptsBatch = calibration != nil
        self.maximumBatch = maximumBatch
    }

    /// How many pictures of such a request should share a pass.
    func batch(for work: Workload, upTo maximum: Int) -> Int {
        guard adaptsBatch else { return maximum }
        return times.withLock { times in
            BatchSize.best(upTo: maximum) { batch in
                times.measuredPass(pixels: work.pixels, evaluations: batch * work.evaluations)
            }
        }
    }

    /// The seconds that are left of a request when so many of its steps are done and so many pictures finished, if
    /// passes are as full as there are pictures to share them; nil as long as nothing is known.
    func seconds(
        for work: Workload, steps completed: Int = 0, pictures finished: Int = 0, sharedBy pictures: Int = .max
    ) -> Double? {
        guard !work.isEnlargement else {
            return enlargingTimes.withLock { times in
                times.pass(pixels: work.pixels, evaluations: 1).map { Double(max(0, work.steps - completed)) * $0 }
            }
        }
        let batch = batch(for: work, upTo: max(1, min(maximumBatch, pictures)))
        return times.withLock { times in
            guard let pass = times.pass(pixels: work.pixels, evaluations: batch * work.evaluations) else { return nil }
            let steps = Double(max(0, work.steps * work.pictures - completed)) / Double(batch)
            let decoding = times.decoding(pixels: work.pixels) ?? 0
            return steps * pass + Double(max(0, work.pictures - finished)) * decoding
        }
    }

    /// The seconds that are left of a request on its way.
    func secondsLeft(of job: Job, sharedBy pictures: Int = .max) -> Double? {
        let progress = job.progress
        return seconds(
            for: job.demand.work, steps: progress.completedSteps, pictures: progress.completedPictures,
            sharedBy: pictures)
    }

    /// Learns how long a pass took.
    func notePass(pixels: Int, evaluations: Int, took duration: Duration) {
        times.withLock { $0.notePass(pixels: pixels, evaluations: evaluations, seconds: duration.seconds) }
    }

    /// Learns how long one step of enlarging a picture took.
    func noteEnlarging(of work: Workload, took duration: Duration) {
        enlargingTimes.withLock { $0.notePass(pixels: work.pixels, evaluations: 1, seconds: duration.seconds) }
    }

    /// Learns how long the decoding of a picture took.
    func noteDecoding(pixels: Int, took duration: Duration) {
        times.withLock { $0.noteDecoding(pixels: pixels, seconds: duration.seconds) }
    }
}
