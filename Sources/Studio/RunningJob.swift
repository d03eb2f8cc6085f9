import Imaging

/// A request that is worked on: its embeddings, and those of its pictures that have been begun.
///
/// It lives on the engine's thread alone.
final class RunningJob<Engine: PictureEngine> {
    /// One picture on its way.
    struct Begun {
        let index: Int
        var task: Engine.Task
    }

    /// A picture whose steps are done.
    enum Drawn {
        /// One that had steps.
        case task(Begun)
        /// One that had none: the initial picture stays as it is.
        case unchanged(index: Int)
    }

    /// What became of a picture whose steps are done.
    enum Outcome {
        /// It was handed over.
        case finished
        /// The model's checker found it unsuitable.
        case unsuitable
    }

    let job: Job

    /// The pictures that are begun and have steps left, in their order.
    private(set) var begun: [Begun] = []

    /// The pictures whose steps are done and that are not decoded yet, the earliest first.
    private(set) var drawn: [Drawn] = []

    /// The pictures that are finished, in the order that they were.
    private(set) var finished: [Picture] = []

    /// Whether its pictures are the initial one as it is.
    let keepsInitialPicture: Bool

    private let source: DigitalSource
    private var conditioning: Engine.Conditioning?
    private var drawnPrompts: DrawnPrompts?
    private var initialPicture: PixelBuffer?
    private var mask: PixelBuffer?
    private var overlay: Overlay?
    private var previews: [Picture] = []
    private var nextIndex = 0
    private var leftOut = 0
    private var hasUnsuitable = false
    private var stepsOfFinished = 0

    /// Takes the request and encodes its prompts, which are erased with this call.
    init(_ job: Job, engine: Engine) throws(StudioError) {
        self.job = job
        guard var request = job.takeRequest() else { throw .cancelled }
        keepsInitialPicture = request.hasInitialImage && job.settings.keepsInitialPicture
        do {
            if !keepsInitialPicture {
                conditioning = try engine.encode(
                    prompt: request.prompt, negativePrompt: request.negativePrompt, settings: job.settings)
                drawnPrompts = request.drawnPrompts(
                    seen: try engine.drawnPrompts(
                        prompt: request.prompt, negativePrompt: request.negativePrompt, settings: job.settings))
            }
        } catch let error as RequestError {
            throw .invalid(error)
        } catch {
            throw .failed(.encoding)
        }
        source = DigitalSource(of: request)
        initialPicture = request.initialPicture.take()
        mask = request.mask.take()
        overlay = request.overlay.take()
        guard keepsInitialPicture else { return }
        nextIndex = job.settings.count
        drawn = (0..<nextIndex).map { .unchanged(index: $0) }
    }

    /// How many pictures could take part in a pass.
    var available: Int { begun.count + job.settings.count - nextIndex }

    /// How many pictures are not finished.
    var unfinished: Int { available + drawn.count }

    /// What it ends with when nothing of it is left to do.
    var result: Result<[Picture], StudioError> {
        finished.isEmpty && hasUnsuitable ? .failure(.unsuitablePicture) : .success(finished)
    }

    // MARK: Steps

    /// Begins pictures until `count` of them are on their way, or as many as are left.
    func begin(upTo count: Int, engine: Engine) throws(StudioError) {
        while begun.count < min(count, available), let conditioning {
            let task: Engine.Task
            var settings = job.settings
            settings.variationSeed = settings.seeds(of: nextIndex).variation
            do {
                task = try engine.begin(
                    settings, seed: seed(of: nextIndex), conditioning: conditioning,
                    initialPicture: initialPicture, mask: mask)
            } catch let error as RequestError {
                throw .invalid(error)
            } catch {
                throw .failed(.beginning)
            }
            let (completed, total) = engine.progress(of: task)
            guard completed < total else { throw .failed(.beginning) }
            begun.append(Begun(index: nextIndex, task: task))
            passOverNext()
        }
    }

    private func passOverNext() {
        nextIndex += 1
        if nextIndex == job.settings.count {
            conditioning = nil
            initialPicture = nil
            mask = nil
        }
    }

    /// Puts a picture that was taken on by a step in its old place, or among those that are drawn.
    func replace(_ stepped: Begun, engine: Engine) {
        guard let place = begun.firstIndex(where: { $0.index == stepped.index }) else { return }
        let (completed, total) = engine.progress(of: stepped.task)
        if completed < total {
            begun[place] = stepped
        } else {
            begun.remove(at: place)
            drawn.append(.task(stepped))
        }
    }

    /// Leaves out the picture that it is at.
    func skipPicture() {
        guard available > 0 else { return }
        leftOut += 1
        if begun.isEmpty { passOverNext() } else { begun.removeFirst() }
    }

    /// Takes what stays of the initial picture, for it to be erased elsewhere.
    func takeOverlay() -> Overlay? { overlay.take() }

    /// Drops everything that was made for the request but its finished pictures.
    func forget() {
        begun = []
        drawn = []
        conditioning = nil
        drawnPrompts = nil
        initialPicture = nil
        mask = nil
        overlay = nil
    }

    /// Drops the pictures, too, as far as nobody has taken them.
    func forgetPictures() {
        for picture in previews + finished { picture.discard() }
    }

    // MARK: Results

    /// How many steps of all pictures are done, and how many there are; nil between pictures.
    func steps(engine: Engine) -> (completed: Int, total: Int)? {
        let all =
            drawn.compactMap { drawn in
                if case .task(let begun) = drawn { begun } else { nil }
            } + begun
        guard let first = all.first else { return nil }
        let completed = all.reduce(stepsOfFinished) { $0 + engine.progress(of: $1.task).completed }
        return (completed, engine.progress(of: first.task).total * (job.settings.count - leftOut))
    }

    /// Shows how its pictures look, to who asked for that.
    ///
    /// - Parameter stepped: Which pictures were in the last pass.
    func showPreviews(of stepped: Set<Int>, engine: Engine) {
        for each in begun where stepped.contains(each.index) {
            let (completed, total) = engine.progress(of: each.task)
            let isWatched = job.isPreviewWanted && each.index == begun.first?.index
            let isDue = PreviewSchedule.isDue(job.settings.previews, after: completed, of: total)
            // A preview that fails is not worth the request.
            guard isWatched || isDue, let pixels = try? engine.preview(of: each.task) else { continue }
            if isWatched { job.show(pixels.copied()) }
            guard isDue else { continue }
            tell(preview: preview(each.index, pixels))
        }
    }

    private func tell(preview: Picture) {
        // Whoever is too slow for one after every step finds the newest, and the others empty.
        if job.settings.previews == .everyStep {
            for old in previews where old.index == preview.index { old.discard() }
            previews.removeAll { $0.index == preview.index }
        }
        previews.append(preview)
        job.tell(.preview(preview))
    }

    /// Turns the first picture whose steps are done into pixels and tells so; nil when there is none.
    func finishNext(engine: Engine) throws(StudioError) -> Outcome? {
        guard !drawn.isEmpty else { return nil }
        let done = drawn.removeFirst()
        let picture: Picture
        do {
            switch done {
            case .task(let done):
                stepsOfFinished += engine.progress(of: done.task).completed
                let pixels = try engine.decode(done.task)
                let drawn = ImageSize(pixels)
                let size = overlay?.drawnPart ?? job.delivered
                picture = finishedPicture(done.index, try engine.enlarged(pixels, toCover: size), drawn: drawn)
            case .unchanged(let index):
                guard let pixels = takeInitialPicture() else { throw StudioError.failed(.decoding) }
                let size = ImageSize(pixels)
                picture = finishedPicture(index, pixels, drawn: size)
            }
            // The last picture alone holds on to it, so that it is erased where that picture is encoded.
            if unfinished == 0 { overlay = nil }
        } catch is UnsuitablePicture {
            hasUnsuitable = true
            leftOut += 1
            return .unsuitable
        } catch {
            throw .failed(.decoding)
        }
        finished.append(picture)
        job.tell(.picture(picture))
        return .finished
    }

    /// A preview, of the size at which it is drawn.
    private func preview(_ index: Int, _ pixels: consuming PixelBuffer) -> Picture {
        let (seed, variationSeed) = job.settings.seeds(of: index)
        return Picture(
            index: index, seed: seed, variationSeed: variationSeed, source: source, pixels: pixels,
            imageWork: job.imageWork, requester: job.demand.requester)
    }

    private func finishedPicture(_ index: Int, _ pixels: consuming PixelBuffer, drawn: ImageSize) -> Picture {
        let (seed, variationSeed) = job.settings.seeds(of: index)
        return Picture(
            index: index, seed: seed, variationSeed: variationSeed, source: source,
            isEnlargement: job.settings.enlargement != nil, drawnPrompts: drawnPrompts, pixels: pixels, drawn: drawn,
            delivered: job.delivered, overlay: overlay, isCutOut: job.settings.background == .transparent,
            imageWork: job.imageWork, requester: job.demand.requester)
    }

    /// A copy of the initial picture; for the last of the pictures, itself.
    private func takeInitialPicture() -> PixelBuffer? {
        if drawn.isEmpty { return initialPicture.take() }
        switch initialPicture {
        case .some(let picture): return picture.copied()
        case .none: return nil
        }
    }

    private func seed(of index: Int) -> UInt64 { job.settings.seeds(of: index).seed }
}
