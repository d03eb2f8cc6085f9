import Imaging
import Privacy
import Upscaling

/// A model with upscalers beside it: besides what the model draws, pictures that were sent are enlarged, a step at a time.
///
/// So both have one thread, one queue and one fairness.
struct EnlargingEngine<Model: PictureEngine>: PictureEngine {
    /// The embeddings of what is drawn; nil for what is enlarged.
    typealias Conditioning = Model.Conditioning?

    /// One picture on its way.
    enum Task: Sendable {
        /// One that the model draws.
        case drawing(Model.Task)
        /// One that was sent and is enlarged.
        case enlarging(PictureEnlargement)
    }

    let model: Model
    let shelf: UpscalerShelf

    /// What may be known about the model.
    var card: ModelCard { model.card }

    func encode(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> Conditioning {
        guard settings.enlargement == nil else { return nil }
        return try model.encode(prompt: prompt, negativePrompt: negativePrompt, settings: settings)
    }

    func drawnPrompts(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> DrawnPrompts? {
        guard settings.enlargement == nil else { return nil }
        return try model.drawnPrompts(prompt: prompt, negativePrompt: negativePrompt, settings: settings)
    }

    /// Of an enlargement, how many steps there are, once its sizes are planned.
    func evaluations(of settings: GenerationSettings, isImageToImage: Bool) throws -> Int {
        guard let enlargement = settings.enlargement else {
            return try model.evaluations(of: settings, isImageToImage: isImageToImage)
        }
        return try shelf.cost(of: enlargement, from: ImageSize(width: settings.width, height: settings.height)).steps
    }

    func begin(
        _ settings: GenerationSettings, seed: UInt64, conditioning: Conditioning,
        initialPicture: borrowing PixelBuffer?, mask: borrowing PixelBuffer?
    ) throws -> Task {
        if let enlargement = settings.enlargement {
            switch initialPicture {
            case .some(let picture): return .enlarging(try PictureEnlargement(picture, enlargement, shelf))
            case .none: throw RequestError.missing(.initialPicture)
            }
        }
        guard let conditioning else { throw RequestError.missing(.prompt) }
        return .drawing(
            try model.begin(
                settings, seed: seed, conditioning: conditioning, initialPicture: initialPicture, mask: mask))
    }

    func canShareStep(_ task: Task, _ other: Task) -> Bool {
        guard case .drawing(let task) = task, case .drawing(let other) = other else { return false }
        return model.canShareStep(task, other)
    }

    func progress(of task: Task) -> (completed: Int, total: Int) {
        switch task {
        case .drawing(let task): model.progress(of: task)
        case .enlarging(let task): (task.completedSteps, task.totalSteps)
        }
    }

    func step(_ tasks: inout [Task]) throws {
        // Those that share a step are all of one kind.
        var drawings = tasks.compactMap { task in
            if case .drawing(let drawing) = task { drawing } else { nil }
        }
        guard drawings.count == tasks.count else {
            for case .enlarging(let task) in tasks { try task.advance() }
            return
        }
        try model.step(&drawings)
        tasks = drawings.map { .drawing($0) }
    }

    func isFinite(_ task: Task) -> Bool {
        if case .drawing(let task) = task { model.isFinite(task) } else { true }
    }

    func preview(of task: Task) throws -> PixelBuffer? {
        if case .drawing(let task) = task { try model.preview(of: task) } else { nil }
    }

    func decode(_ task: Task) throws -> PixelBuffer {
        switch task {
        case .drawing(let task): try model.decode(task)
        case .enlarging(let task): try task.finish()
        }
    }

    /// Enlarges what the model has drawn by the upscaler that its card names, where that is worth it.
    func enlarged(_ picture: consuming PixelBuffer, toCover size: ImageSize) throws -> PixelBuffer {
        guard let scale = scale(from: ImageSize(picture), toCover: size),
            let upscaler = card.upscaler.flatMap(shelf.find)
        else { return picture }
        return try upscaler.enlarge(picture, scale: scale, limits: Self.drawnLimits)
    }

    /// How many times a drawn picture is enlarged; nil where a filter does as well.
    private func scale(from drawn: ImageSize, toCover size: ImageSize) -> Int? {
        let ratio = max(Double(size.width) / Double(drawn.width), Double(size.height) / Double(drawn.height))
        guard ratio > 1.1 else { return nil }
        return Upscaler.scales.first { Double($0) >= ratio } ?? Upscaler.scales.upperBound
    }

    func workingBytes(width: Int, height: Int, batch: Int) -> Int {
        let bytes = model.workingBytes(width: width, height: height, batch: batch)
        guard let upscaler = card.upscaler.flatMap(shelf.find) else { return bytes }
        let cost = try? upscaler.cost(
            width: width, height: height, channels: 3, scale: Upscaler.scales.upperBound, limits: Self.drawnLimits)
        return max(bytes, cost?.bytes ?? 0)
    }

    func forget(isIdle: Bool) { model.forget(isIdle: isIdle) }

    /// What is drawn is within the limits of requests, and enlarged at most four times.
    private static var drawnLimits: UpscalingLimits { UpscalingLimits(maximumSide: .max, maximumPixels: .max) }
}
