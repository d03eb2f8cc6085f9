import Privacy
import Synchronization

/// What the engine's thread does: it calls requests in, takes the pictures of several on by one step in one pass of
/// the denoiser, lets the finished go, and begins anew.
///
/// Newcomers join and leavers leave between two passes; whose pictures take part in the next one is for ``FairQueue``
/// to say. A request that was called in and has no place in a pass keeps what it has, and goes on later.
struct BatchLoop<Engine: PictureEngine> {
    private typealias ID = ObjectIdentifier

    private let engine: Engine
    private let room: WaitingRoom
    private let maximumBatch: Int
    private let budget: MemoryBudget
    private let estimate: WorkEstimate
    private let pulse: Pulse
    private let measure: @Sendable (StudioMeasurement) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    private var running: [ID: RunningJob<Engine>] = [:]
    private var waiting: [ID: Job] = [:]
    private var queue: FairQueue<Requester, ID>
    // Those who are worked on, whoever asked, in the order in which their pictures are decoded.
    private var due: Account<ID>

    init(
        engine: Engine, room: WaitingRoom, configuration: StudioConfiguration, budget: MemoryBudget,
        estimate: WorkEstimate, pulse: Pulse, measure: @escaping @Sendable (StudioMeasurement) -> Void,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.engine = engine
        self.room = room
        self.budget = budget
        self.estimate = estimate
        self.pulse = pulse
        self.measure = measure
        self.now = now
        maximumBatch = configuration.maximumBatch
        // A turn is worth one picture as the model makes it: whoever asks for no more is served in one go.
        let usual = GenerationSettings(for: engine.card)
        let steps = try? engine.evaluations(of: usual, isImageToImage: false)
        let quantum = Workload(defaultOf: engine.card, steps: steps ?? usual.steps).cost
        let peers = configuration.maximumBatch + configuration.maximumQueue
        queue = FairQueue(quantum: quantum, peers: peers)
        due = Account(peers: peers)
    }

    /// Works until the room is closed and empty.
    mutating func run() {
        while !running.isEmpty || waitForRequests() {
            endStopped()
            noteArrivals()
            pass()
        }
        room.finish()
    }

    /// Sleeps until a request waits; who has gone is not remembered meanwhile.
    private mutating func waitForRequests() -> Bool {
        room.waitForRequests {
            noteArrivals()
            queue.forgetIdle()
        }
    }

    // MARK: Coming and going

    /// Ends what was cancelled, interrupted or has taken too long, and leaves out what is to be skipped.
    private mutating func endStopped() {
        let now = now()
        for job in room.waiting where job.deadline <= now { room.stop(job, .timedOut) }
        for (id, each) in running {
            if each.job.deadline <= now { each.job.stop(.timedOut) }
            if let stop = each.job.stop {
                end(id, stop.error.map { .failure($0) } ?? .success(each.finished))
                continue
            }
            for _ in 0..<min(each.job.takeSkips(), each.available) { each.skipPicture() }
            if each.unfinished == 0 { end(id, each.result) }
        }
    }

    /// Takes newcomers into the queue, and those out of it who have gone.
    private mutating func noteArrivals() {
        let present = room.waiting
        let ids = Set(present.map(ObjectIdentifier.init))
        for id in waiting.keys where !ids.contains(id) {
            waiting[id] = nil
            queue.leave(id)
        }
        for job in present where waiting[ID(job)] == nil {
            waiting[ID(job)] = job
            let work = job.demand.work
            queue.enter(ID(job), of: job.demand.requester, stepCost: work.stepCost, cost: work.cost)
        }
    }

    /// Calls a request in and encodes its prompts; nil when it has gone or that failed.
    private mutating func call(_ id: ID) -> RunningJob<Engine>? {
        guard let job = waiting.removeValue(forKey: id) else { return nil }
        guard room.call(job) else {
            queue.leave(id)
            return nil
        }
        measure(.waited(now() - job.arrival))
        job.tell(.started)
        do throws(StudioError) {
            if let stop = job.stop, let error = stop.error { throw error }
            let newcomer = try RunningJob(job, engine: engine)
            running[id] = newcomer
            due.enter(id, cost: job.demand.work.cost)
            return newcomer
        } catch {
            queue.leave(id)
            answer(job, .failure(error))
            return nil
        }
    }

    /// Forgets a request, and then tells its end.
    private mutating func end(_ id: ID, _ result: Result<[Picture], StudioError>) {
        guard let each = running.removeValue(forKey: id) else { return }
        let overlay = each.takeOverlay()
        each.forget()
        if case .failure = result { each.forgetPictures() }
        queue.leave(id)
        due.leave(id)
        answer(each.job, result, erasing: overlay)
    }

    /// Tells a request's end when nothing of it is left in memory, whether others are worked on or not.
    private func answer(_ job: Job, _ result: Result<[Picture], StudioError>, erasing overlay: Overlay? = nil) {
        room.leave(job)
        engine.forget(isIdle: running.isEmpty)
        eraseStack()
        job.end(result, erasing: overlay)
    }

    // MARK: One pass

    private struct Place {
        let id: ID
        var begun: RunningJob<Engine>.Begun
    }

    private func job(_ id: ID) -> Job? { running[id]?.job ?? waiting[id] }

    /// Chooses the pictures of the next pass, and begins those that have not been.
    private mutating func beginBatch() -> [Place] {
        let places = nextPlaces()
        var shares: [ID: Int] = [:]
        for id in places { shares[id, default: 0] += 1 }
        var batch: [Place] = []
        for id in places {
            guard let share = shares.removeValue(forKey: id), let each = running[id] ?? call(id) else { continue }
            do throws(StudioError) {
                try each.begin(upTo: share, engine: engine)
                // Whose pictures stay as they are needs no place.
                if each.available == 0 { queue.leave(id) }
                for begun in each.begun.prefix(share)
                where batch.first.map({ engine.canShareStep(begun.task, $0.begun.task) }) ?? true {
                    batch.append(Place(id: id, begun: begun))
                }
            } catch {
                end(id, .failure(error))
            }
        }
        return batch
    }

    private mutating func nextPlaces() -> [ID] {
        let (running, waiting) = (running, waiting)
        let settings = { (id: ID) in (running[id]?.job ?? waiting[id])?.settings }
        return queue.nextPlaces { [room, budget, estimate, maximumBatch] leader in
            guard let job = running[leader]?.job ?? waiting[leader], !job.demand.work.isEnlargement else { return 1 }
            let fitting = budget.batch(
                width: job.settings.width, height: job.settings.height, upTo: maximumBatch, held: room.heldBytes)
            return estimate.batch(for: job.demand.work, upTo: fitting)
        } wishes: { id in
            running[id]?.available ?? waiting[id]?.settings.count ?? 0
        } canShare: { id, leader in
            guard let one = settings(id), let other = settings(leader) else { return false }
            guard one.enlargement == nil, other.enlargement == nil else { return false }
            return one.width == other.width && one.height == other.height
        }
    }

    /// What a pass did to a request.
    private struct Report {
        let id: ID
        var stepped: Set<Int> = []
        var failure: StudioError?
    }

    /// Takes one batch of pictures on by one step, tells what came of it, and decodes one picture whose steps are done.
    ///
    /// Nobody's next step waits for all the pictures that others finish at once; but no more than a batch of them is
    /// left for later.
    private mutating func pass() {
        let reports = stepBatch()
        for report in reports {
            if let failure = report.failure { end(report.id, .failure(failure)) }
        }
        let seconds = secondsUntilDone()
        for report in reports where report.failure == nil {
            tellProgress(of: report.id, stepped: report.stepped, seconds: seconds[report.id])
        }
        while decodeNext(), running.values.reduce(0, { $0 + $1.drawn.count }) > maximumBatch {}
    }

    /// Steps one batch. When this returns, nobody but the running requests holds a picture.
    private mutating func stepBatch() -> [Report] {
        let batch = beginBatch()
        tellPositions()
        guard !batch.isEmpty else { return [] }
        let start = now()
        let outcomes = step(batch)
        let end = now()
        pulse.beat(at: end)
        note(batch, took: end - start)
        var reports: [Report] = []
        for (place, outcome) in zip(batch, outcomes) {
            queue.charge(place.id)
            due.charge(running[place.id]?.job.demand.work.stepCost ?? 0)
            if reports.last?.id != place.id { reports.append(Report(id: place.id)) }
            switch outcome {
            case .success(let task) where engine.isFinite(task):
                let stepped = RunningJob<Engine>.Begun(index: place.begun.index, task: task)
                running[place.id]?.replace(stepped, engine: engine)
                reports[reports.count - 1].stepped.insert(place.begun.index)
            case .success:
                reports[reports.count - 1].failure = .failed(.denoising)
            case .failure(let error):
                reports[reports.count - 1].failure = error
            }
        }
        return reports
    }

    private func note(_ batch: [Place], took duration: Duration) {
        let works = batch.compactMap { running[$0.id]?.job.demand.work }
        guard let first = works.first else { return }
        guard !first.isEnlargement else { return estimate.noteEnlarging(of: first, took: duration) }
        measure(.step(duration, batch: batch.count))
        estimate.notePass(
            pixels: first.pixels, evaluations: works.reduce(0) { $0 + $1.evaluations }, took: duration)
    }

    /// Steps a batch. When that fails, every picture is tried by itself, so that only those fail that must.
    private func step(_ batch: [Place]) -> [Result<Engine.Task, StudioError>] {
        var tasks = batch.map(\.begun.task)
        do {
            try engine.step(&tasks)
            return tasks.map { .success($0) }
        } catch {
            guard batch.count > 1 else { return batch.map { .failure(.failed(stage(of: $0))) } }
            return batch.flatMap { step([$0]) }
        }
    }

    private func stage(of place: Place) -> StudioError.Stage {
        running[place.id]?.job.demand.work.isEnlargement == true ? .enlarging : .denoising
    }

    private mutating func tellProgress(of id: ID, stepped: Set<Int>, seconds: Double?) {
        guard let each = running[id] else { return }
        if let (completed, total) = each.steps(engine: engine) {
            each.job.tell(.step(completed: completed, total: total, seconds: seconds))
        }
        if each.job.stop == nil { each.showPreviews(of: stepped, engine: engine) }
        // Who has no step left gives way to others; decoding takes no place in a pass.
        if each.available == 0 { queue.leave(id) }
    }

    /// Decodes one picture, of the request that is due first, and ends the request if it was the last; false when there
    /// is none to decode, because those that are left were stopped.
    private mutating func decodeNext() -> Bool {
        let next = due.requests.lazy.compactMap { [running] id in running[id].map { (id, $0) } }
            .first { !$1.drawn.isEmpty && $1.job.stop == nil }
        guard let (id, each) = next else { return false }
        let pixels = each.job.demand.work.pixels
        do throws(StudioError) {
            let start = now()
            let outcome = try each.finishNext(engine: engine)
            if !each.keepsInitialPicture, !each.job.demand.work.isEnlargement {
                estimate.noteDecoding(pixels: pixels, took: now() - start)
            }
            if outcome == .finished { measure(.picture(pixels: pixels)) }
            if each.job.stop == nil, each.unfinished == 0 { end(id, each.result) }
        } catch {
            end(id, .failure(error))
        }
        return true
    }

    // MARK: Forecasts

    /// In how many seconds each request will be done, as far as that is known.
    private func secondsUntilDone() -> [ID: Double] {
        let seconds = remaining { estimate.secondsLeft(of: $0, sharedBy: pictures) }
        guard seconds.count == running.count + waiting.count else { return [:] }
        return queue.workUntilDone { seconds[$0] ?? 0 }
    }

    private var pictures: Int {
        running.values.reduce(0) { $0 + $1.available } + waiting.values.reduce(0) { $0 + $1.settings.count }
    }

    private func remaining(_ value: (Job) -> Double?) -> [ID: Double] {
        var result: [ID: Double] = [:]
        for id in [ID](running.keys) + waiting.keys { result[id] = job(id).flatMap(value) }
        return result
    }

    private func tellPositions() {
        guard !waiting.isEmpty else { return }
        let seconds = secondsUntilDone()
        let work = queue.workUntilDone { id in
            job(id).map { Double($0.demand.work.cost) * (1 - $0.progress.fraction) } ?? 0
        }
        let order = room.waiting.filter { waiting[ID($0)] != nil }
            .sorted { work[ID($0), default: 0] < work[ID($1), default: 0] }
        room.tellPositions(order.map { ($0, seconds[ID($0)]) })
    }
}
