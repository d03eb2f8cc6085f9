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

    let job: Job

    /// The pictures that are begun and not finished, in their order; never empty between passes.
    private(set) var begun: [Begun] = []

    /// The pictures that are finished, in the order that they were.
    private(set) var finished: [Picture] = []

    private var conditioning: Engine.Conditioning?
    private var initialPicture: PixelBuffer?
    private let source: DigitalSource
    private var nextIndex = 0
    private var stepsOfFinished = 0

    /// Takes the request and encodes its prompts, which are erased with this call.
    init(_ job: Job, engine: Engine) throws(StudioError) {
        self.job = job
        guard var request = job.takeRequest() else { throw .cancelled }
        do {
            conditioning = try engine.encode(
                prompt: request.prompt, negativePrompt: request.negativePrompt, settings: job.settings)
        } catch let error as RequestError {
            throw .invalid(error)
        } catch {
            throw .failed(.encoding)
        }
        source = request.initialPicture == nil ? .trainedAlgorithmicMedia : .compositeWithTrainedAlgorithmicMedia
        initialPicture = request.initialPicture.take()
    }

    /// How many pictures could take part in a pass.
    var available: Int { begun.count + job.settings.count - nextIndex }

    /// Whether all pictures are finished.
    var isFinished: Bool { finished.count == job.settings.count }

    /// What one step of one of its pictures costs, in pixels.
    var cost: Int { job.settings.width * job.settings.height }

    /// Begins pictures until `count` of them are on their way, or as many as are left.
    func begin(upTo count: Int, engine: Engine) throws(StudioError) {
        while begun.count < min(count, available), let conditioning {
            let task: Engine.Task
            do {
                task = try engine.begin(
                    job.settings, seed: seed(of: nextIndex), conditioning: conditioning, initialPicture: initialPicture)
            } catch let error as RequestError {
                throw .invalid(error)
            } catch {
                throw .failed(.beginning)
            }
            let (completed, total) = engine.progress(of: task)
            guard completed < total else { throw .failed(.beginning) }
            begun.append(Begun(index: nextIndex, task: task))
            nextIndex += 1
            if nextIndex == job.settings.count {
                self.conditioning = nil
                initialPicture = nil
            }
        }
    }

    /// Puts a picture that was taken on by a step in its old place.
    func replace(_ stepped: Begun) {
        if let place = begun.firstIndex(where: { $0.index == stepped.index }) { begun[place] = stepped }
    }

    /// Drops everything that was made for the request.
    func forget() {
        begun = []
        conditioning = nil
        initialPicture = nil
    }

    /// Tells how many steps of all pictures' are done.
    func tellProgress(engine: Engine) {
        guard let first = begun.first else { return }
        let completed = begun.reduce(stepsOfFinished) { $0 + engine.progress(of: $1.task).completed }
        job.tell(.step(completed: completed, total: engine.progress(of: first.task).total * job.settings.count))
    }

    /// Turns the first picture whose steps are done into pixels and tells so; false when there is none.
    func finishNext(engine: Engine) throws(StudioError) -> Bool {
        let isDone = { (begun: Begun) in
            let (completed, total) = engine.progress(of: begun.task)
            return completed >= total
        }
        guard let place = begun.firstIndex(where: isDone) else { return false }
        let done = begun.remove(at: place)
        stepsOfFinished += engine.progress(of: done.task).completed
        let picture: Picture
        do {
            picture = Picture(
                index: done.index, seed: seed(of: done.index), source: source, pixels: try engine.decode(done.task))
        } catch {
            throw .failed(.decoding)
        }
        finished.append(picture)
        job.tell(.picture(picture))
        return true
    }

    private func seed(of index: Int) -> UInt64 { job.seed &+ UInt64(index) }
}
