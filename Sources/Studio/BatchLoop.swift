/// What the engine's thread does: it calls requests in, takes the pictures of several on by one step in one pass of
/// the denoiser, lets the finished go, and begins anew.
///
/// Newcomers join and leavers leave between two passes. Every request that is worked on and can share the pass has
/// at least one picture in it; places that are left go round.
struct BatchLoop<Engine: PictureEngine> {
    private let engine: Engine
    private let room: WaitingRoom
    private let maximumBatch: Int
    private var running: [ObjectIdentifier: RunningJob<Engine>] = [:]
    private var turns = FairShare<ObjectIdentifier>()

    init(engine: Engine, room: WaitingRoom, maximumBatch: Int) {
        self.engine = engine
        self.room = room
        self.maximumBatch = maximumBatch
    }

    /// Works until the room is closed and empty.
    mutating func run() {
        while !running.isEmpty || room.waitForRequests() {
            endCancelled()
            callNewcomers()
            room.tellPositions()
            pass()
        }
        room.finish()
    }

    private mutating func endCancelled() {
        for (id, each) in running {
            guard let stop = each.job.stop else { continue }
            end(id, stop.error.map { .failure($0) } ?? .success(each.finished))
        }
    }

    private mutating func callNewcomers() {
        while let job = room.callNext() {
            let id = ObjectIdentifier(job)
            do throws(StudioError) {
                guard !job.isCancelled else { throw .cancelled }
                job.tell(.started)
                let newcomer = try RunningJob(job, engine: engine)
                try newcomer.begin(upTo: 1, engine: engine)
                running[id] = newcomer
                turns.enter(id)
            } catch {
                answer(job, .failure(error))
            }
        }
    }

    /// Takes one batch of pictures on by one step.
    private mutating func pass() {
        let ids = stepBatch()
        for id in ids { finishPictures(of: id) }
    }

    /// Steps one batch, and returns whose pictures were in it.
    private mutating func stepBatch() -> [ObjectIdentifier] {
        let batch = beginBatch()
        guard !batch.isEmpty else { return [] }
        for (id, outcome) in step(batch) {
            switch outcome {
            case .success(let begun): running[id]?.replace(begun)
            case .failure(let error): end(id, .failure(error))
            }
        }
        var ids: [ObjectIdentifier] = []
        for place in batch {
            turns.charge(place.id, cost: running[place.id]?.cost ?? 0)
            if ids.last != place.id { ids.append(place.id) }
        }
        return ids
    }

    private struct Place {
        let id: ObjectIdentifier
        let begun: RunningJob<Engine>.Begun
    }

    /// Chooses the pictures of the next pass, and begins those that have not been.
    private mutating func beginBatch() -> [Place] {
        let order = turns.order.compactMap { id in running[id].map { (id: id, job: $0) } }
        guard let leader = order.first?.job.begun.first?.task else { return [] }
        let group = order.filter { each in
            each.job.begun.first.map { engine.canShareStep($0.task, leader) } ?? false
        }
        let shares = FairShare<ObjectIdentifier>.share(maximumBatch, between: group.map(\.job.available))
        var batch: [Place] = []
        for (each, share) in zip(group, shares) {
            do throws(StudioError) {
                try each.job.begin(upTo: share, engine: engine)
                batch += each.job.begun.prefix(share).map { Place(id: each.id, begun: $0) }
            } catch {
                end(each.id, .failure(error))
            }
        }
        return batch
    }

    private typealias Outcome = (ObjectIdentifier, Result<RunningJob<Engine>.Begun, StudioError>)

    /// Steps a batch. When that fails, every picture is tried by itself, so that only those fail that must.
    private func step(_ batch: [Place]) -> [Outcome] {
        var tasks = batch.map(\.begun.task)
        do {
            try engine.step(&tasks)
        } catch {
            return batch.count > 1
                ? batch.flatMap { step([$0]) } : batch.map { ($0.id, .failure(.failed(.denoising))) }
        }
        return zip(batch, tasks).map { place, task in
            (place.id, .success(RunningJob<Engine>.Begun(index: place.begun.index, task: task)))
        }
    }

    /// Tells a request's progress, decodes what is done, and begins its next picture or ends it.
    private mutating func finishPictures(of id: ObjectIdentifier) {
        guard let each = running[id] else { return }
        each.tellProgress(engine: engine)
        do throws(StudioError) {
            repeat {
                guard !each.job.isCancelled else { throw .cancelled }
            } while try each.finishNext(engine: engine)
            if each.isFinished {
                end(id, .success(each.finished))
            } else {
                try each.begin(upTo: 1, engine: engine)
            }
        } catch {
            end(id, .failure(error))
        }
    }

    /// Forgets a request, and then tells its end.
    private mutating func end(_ id: ObjectIdentifier, _ result: Result<[Picture], StudioError>) {
        guard let each = running.removeValue(forKey: id) else { return }
        each.forget()
        turns.leave(id)
        answer(each.job, result)
    }

    /// Tells a request's end; the last one is told when nothing of any is left in memory.
    private func answer(_ job: Job, _ result: Result<[Picture], StudioError>) {
        room.leave(job)
        if running.isEmpty { engine.forget() }
        job.end(result)
    }
}
