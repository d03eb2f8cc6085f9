import Imaging
import Privacy
import Synchronization
import Upscaling

/// A picture that was sent on its way to another size, a step at a time; forgotten when dropped.
///
/// The engine's thread alone works on it.
final class PictureEnlargement: Sendable {
    private struct Work: ~Copyable {
        var first: UpscalingTask?
        var second: UpscalingTask?
        var completed = 0
    }

    /// How many steps there are.
    let totalSteps: Int

    private let work: Mutex<Work>
    private let visibility: Double
    private let delivered: ImageSize

    /// - Throws: What is wrong with the enlargement.
    init(_ picture: borrowing PixelBuffer, _ enlargement: Enlargement, _ shelf: UpscalerShelf) throws {
        let size = ImageSize(picture)
        let target = enlargement.uncroppedSize(of: size)
        func task(_ name: String) throws -> UpscalingTask {
            guard let upscaler = shelf.find(name) else { throw RequestError.unknownUpscaler(allowed: shelf.names) }
            return try UpscalingTask(
                picture, by: upscaler, width: target.width, height: target.height, limits: shelf.limits)
        }
        let first = try task(enlargement.upscaler)
        var work = Work()
        var steps = first.totalSteps
        if let second = enlargement.second {
            let task = try task(second.upscaler)
            steps += task.totalSteps
            work.second = consume task
        }
        work.first = consume first
        totalSteps = steps
        visibility = enlargement.second?.visibility ?? 0
        delivered = enlargement.deliveredSize(of: size)
        self.work = Mutex(work)
    }

    /// How many steps are done.
    var completedSteps: Int { work.withLock { $0.completed } }

    /// Takes one step.
    func advance() throws {
        try work.withLock { work in
            if work.first?.isFinished == false {
                try work.first?.advance()
            } else {
                try work.second?.advance()
            }
            work.completed += 1
        }
    }

    /// The enlarged picture, once all steps are done; it can be taken once.
    func finish() throws -> PixelBuffer {
        guard var picture = try work.withLock({ try $0.first.take()?.finish() }) else { throw UpscalingError.cancelled }
        if let second = try work.withLock({ try $0.second.take()?.finish() }) {
            picture.blend(second, visibility: visibility)
        }
        return picture.cropped(toMiddleOf: delivered)
    }
}
