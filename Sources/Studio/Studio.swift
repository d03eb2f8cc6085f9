import Foundation
import Imaging
import Moderation
import Privacy

/// Where pictures are made: one model, one thread that drives it, and a bounded queue before it.
///
/// Requests share the model step by step: each pass of the denoiser serves pictures of several requests, newcomers
/// join at the next pass, and whoever is finished or has gone leaves before it. Pixels are handed over as they come
/// from the model; whoever asked encodes them, off the studio's thread.
public final class Studio: Sendable {
    /// What may be known about the model.
    public let model: ModelCard

    /// How much is done at once, and what one request may ask for.
    public let configuration: StudioConfiguration

    /// What callers who named their requests can learn of them and do to them.
    public let jobs: JobBoard

    /// The bytes that are left for what requests send, from its first byte until it has been read.
    public let bodyBudget: Int

    /// What enlarges pictures.
    public let upscalers: UpscalerShelf

    /// Where images are read, changed and written, for requests and for answers.
    public let imageWork: ImageWorkQueue

    private let room: WaitingRoom
    private let pulse: Pulse
    private let budget: MemoryBudget
    private let measure: @Sendable (StudioMeasurement) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    private let evaluations: @Sendable (GenerationSettings, _ isImageToImage: Bool) throws -> Int

    /// Opens a studio around an engine and starts its thread.
    ///
    /// - Parameters:
    ///   - engine: The model.
    ///   - upscalers: What enlarges pictures.
    ///   - configuration: How much is done at once, and what is turned away.
    ///   - calibration: What steps take here; without it, batches are as large as they may be and estimates begin
    ///     with the first request.
    ///   - measure: Called with every measurement, mostly on the studio's thread, so it must be quick.
    public convenience init(
        engine: some PictureEngine, upscalers: UpscalerShelf = .filters,
        configuration: StudioConfiguration = StudioConfiguration(),
        calibration: Calibration? = nil, measure: @escaping @Sendable (StudioMeasurement) -> Void = { _ in }
    ) {
        self.init(
            engine: engine, upscalers: upscalers, configuration: configuration, calibration: calibration,
            measure: measure
        ) {
            ContinuousClock.now
        }
    }

    /// Opens a studio that looks at a clock of the caller's.
    package init(
        engine: some PictureEngine, upscalers: UpscalerShelf = .filters,
        configuration: StudioConfiguration = StudioConfiguration(),
        calibration: Calibration? = nil, measure: @escaping @Sendable (StudioMeasurement) -> Void = { _ in },
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        let engine = EnlargingEngine(model: engine, shelf: upscalers)
        self.upscalers = upscalers
        let parts = MemoryBudget.parts(
            of: configuration.memoryBudget ?? MachineMemory.availableBytes, bodies: configuration.bodyBudget)
        bodyBudget = parts.bodies
        imageWork = ImageWorkQueue(bytes: parts.images)
        let budget = MemoryBudget(total: parts.requests, images: ImageWorkQueue.largeBytes(of: parts.images)) {
            engine.workingBytes(width: $0, height: $1, batch: $2)
        }
        let estimate = WorkEstimate(calibration, model: engine.card, maximumBatch: configuration.maximumBatch)
        let admission = Admission(
            maximumRequests: configuration.maximumBatch + configuration.maximumQueue,
            maximumSeconds: configuration.maximumQueueSeconds, requesterShare: configuration.requesterShare,
            budget: budget)
        let room = WaitingRoom(admission: admission, estimate: estimate)
        let pulse = Pulse()
        model = engine.card
        self.configuration = configuration
        self.budget = budget
        self.room = room
        self.pulse = pulse
        self.measure = measure
        self.now = now
        evaluations = { try engine.evaluations(of: $0, isImageToImage: $1) }
        jobs = JobBoard(room: room)
        // The engine computes for seconds without a pause, which would starve Swift's own pool of threads.
        let thread = Thread {
            var loop = BatchLoop(
                engine: engine, room: room, configuration: configuration, budget: budget, estimate: estimate,
                pulse: pulse, measure: measure, now: now)
            loop.run()
        }
        thread.name = "studio"
        thread.start()
    }

    deinit { room.close() }

    /// How many requests wait, and how many are worked on.
    public var load: (waiting: Int, running: Int) { room.load }

    /// Whether requests are taken; false from the moment that the studio shuts down.
    public var isAccepting: Bool { room.isOpen }

    /// When the last pass of the denoiser ended; nil before the first.
    public var lastStep: ContinuousClock.Instant? { pulse.last }

    /// Makes the pictures of a request and says what happens to it meanwhile.
    ///
    /// Cancelling the calling task ends the request at the next step. When this returns or throws, the studio holds
    /// nothing of the request any more.
    ///
    /// - Parameters:
    ///   - request: The request; its prompts are erased as soon as they have been encoded.
    ///   - onEvent: Called in order, mostly on the studio's thread, so it must be quick.
    /// - Returns: The pictures in their order; those that were taken at their event are empty.
    public func generate(
        _ request: consuming GenerationRequest, onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws(StudioError) -> [Picture] {
        let arrival = now()
        let (demand, place) = try await prepare(&request, arrival: arrival)
        let end = Promise<Result<[Picture], StudioError>>()
        let job = makeJob(request, demand, arrival: arrival, onEvent: onEvent, onEnd: end.fulfil)
        let result = await withTaskCancellationHandler {
            do throws(StudioError) {
                try room.enter(job, in: place)
            } catch {
                job.end(.failure(error))
            }
            eraseStack()
            return await end.value
        } onCancel: {
            room.stop(job, .cancelled)
        }
        return try result.get().sorted { $0.index < $1.index }
    }

    /// Makes the pictures of a request and gives what happens to it as a sequence.
    ///
    /// A request that is refused throws here, before anything else is done. This waits for the request's images to be
    /// read; cancelling the calling task ends that. Leaving the sequence cancels the request.
    /// What the sequence throws is a ``StudioError``.
    public func events(
        for request: consuming GenerationRequest
    ) async throws(StudioError) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let arrival = now()
        let (demand, place) = try await prepare(&request, arrival: arrival)
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
        let job = makeJob(request, demand, arrival: arrival) { event in
            continuation.yield(event)
        } onEnd: { result in
            switch result {
            case .success: continuation.finish()
            case .failure(let error): continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { [room] termination in
            if case .cancelled = termination { room.stop(job, .cancelled) }
        }
        do throws(StudioError) {
            try room.enter(job, in: place)
        } catch {
            job.end(.failure(error))
            throw error
        }
        eraseStack()
        return stream
    }

    /// Takes no more requests, and returns when those taken are done.
    public func shutdown() async {
        room.close()
        await room.waitUntilEmptied()
    }

    /// Takes no more requests, gives those taken so long to be done, ends the rest with ``StudioError/shuttingDown``, and
    /// returns when all have ended.
    public func shutdown(within limit: Duration) async {
        room.close()
        await withTaskGroup { group in
            group.addTask { [room] in await room.waitUntilEmptied() }
            group.addTask { [room] in
                do { try await Task.sleep(for: limit) } catch { return }
                room.stopAll()
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func makeJob(
        _ request: consuming GenerationRequest, _ demand: Demand, arrival: ContinuousClock.Instant,
        onEvent: @escaping @Sendable (GenerationEvent) -> Void,
        onEnd: @escaping @Sendable (Result<[Picture], StudioError>) -> Void
    ) -> Job {
        let pictures = request.settings.count
        let meter = request.charge.map { ChargeMeter($0, pictures: pictures) }
        let job = Job(
            request, demand: demand, imageWork: imageWork, arrival: arrival, maximumTime: configuration.maximumTime,
            board: jobs,
            onEvent: { event in
                meter?.note(event)
                onEvent(event)
            }
        ) { [measure] result in
            meter?.settle(result)
            if case .failure(let error) = result { error.measurement.map(measure) }
            onEnd(result)
        }
        jobs.add(job)
        return job
    }

    /// Checks a request, takes a place for it, and then brings its images to the size that they will have.
    private func prepare(
        _ request: inout GenerationRequest, arrival: ContinuousClock.Instant
    ) async throws(StudioError) -> (Demand, WaitingRoom.Place) {
        do throws(StudioError) {
            let (demand, place) = try takePlace(for: &request)
            do throws(StudioError) {
                try await prepareImages(of: &request, arrival: arrival)
            } catch {
                room.giveBack(place)
                request.charge?.refund(part: 1, wasBegun: true)
                throw error
            }
            return (demand, place)
        } catch {
            error.measurement.map(measure)
            throw error
        }
    }

    /// Refuses a request for what its settings, its prompt and the headers of its images say, else takes a place for it.
    private func takePlace(
        for request: inout GenerationRequest
    ) throws(StudioError) -> (Demand, WaitingRoom.Place) {
        do throws(RequestError) {
            try request.validate(for: model, limits: configuration.limits)
        } catch {
            throw .invalid(error)
        }
        request.planSizes(for: model, limits: configuration.limits)
        let work: Workload
        do {
            work = try self.work(of: request)
        } catch let error as RequestError {
            throw .invalid(error)
        } catch {
            throw .failed(.beginning)
        }
        if let rule = configuration.policy.ruleBroken(by: request.prompt) { throw .refused(rule) }
        request.translatePrompts(for: model, limit: configuration.limits.maximumPromptLength)
        // What is drawn has to be allowed as well as what was typed.
        if request.translated.prompt, let rule = configuration.policy.ruleBroken(by: request.prompt) {
            throw .refused(rule)
        }
        let demand = Demand(
            requester: request.requester, work: work, memory: budget.need(of: request, upscalers: upscalers))
        try budget.check(demand.memory)
        let place = try room.takePlace(for: demand)
        // Only now is it known that the request is one, and what it costs is within bounds.
        if let seconds = request.charge?.take(
            steps: request.keepsInitialPicture ? 0 : work.cost / work.evaluations, images: request.imageWork.pixelSteps)
        {
            room.giveBack(place)
            throw .rateLimited(retryAfter: seconds)
        }
        return (demand, place)
    }

    /// How much a request costs, once its sizes are planned.
    private func work(of request: borrowing GenerationRequest) throws -> Workload {
        if let enlargement = request.settings.enlargement {
            return Workload(try upscalers.cost(of: enlargement, from: request.settings.size))
        }
        return Workload(
            request.settings, steps: try evaluations(request.settingsOfWork, request.hasInitialImage))
    }

    private func prepareImages(
        of request: inout GenerationRequest, arrival: ContinuousClock.Instant
    ) async throws(StudioError) {
        guard request.hasInitialImage else { return }
        let (work, bytes, requester) = (request.preparationWork, request.preparationBytes, request.requester)
        let deadline = arrival + request.timeLimit(upTo: configuration.maximumTime)
        let images = UniqueTransfer(InitialImages(of: &request, sizeMultiple: model.sizeMultiple))
        do {
            let prepared = try await withDeadline(deadline) { [imageWork] in
                try await imageWork.run(work, holding: bytes, for: requester) { cancellation in
                    guard var images = images.take() else { throw CancellationError() }
                    try images.prepare(cancellation)
                    return UniqueTransfer(images)
                }
            }
            guard let images = prepared.take() else { throw StudioError.cancelled }
            images.put(into: &request)
        } catch let error as RequestError {
            throw .invalid(error)
        } catch is DeadlineError {
            throw .timedOut
        } catch {
            throw room.isStopped ? .shuttingDown : .cancelled
        }
    }

    /// Does work that is cancelled when its time is over.
    private func withDeadline<Value: Sendable>(
        _ deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let limit = deadline - now()
        return try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await Task.sleep(for: limit)
                throw DeadlineError()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}

/// Work took longer than it may.
private struct DeadlineError: Error {}

extension GenerationSettings {
    /// The size that the engine draws; of an enlargement, that of the picture that was sent.
    fileprivate var size: ImageSize { ImageSize(width: width, height: height) }

    /// Pixels of all pictures, once the settings have been checked.
    fileprivate var pixels: Int { width * height * count }
}

extension StudioError {
    /// What is counted of a request that ends so, if anything.
    fileprivate var measurement: StudioMeasurement? {
        switch self {
        case .cancelled: .cancelled
        case .timedOut: .timedOut
        case .queueFull: .turnedAway
        case .refused(let rule): .refused(rule)
        case .failed(let stage): .failed(stage)
        case .invalid, .rateLimited, .tooLarge, .shuttingDown, .unsuitablePicture: nil
        }
    }
}
