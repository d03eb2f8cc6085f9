import Diffusion
import Foundation
import Imaging
import Privacy
import Studio
import Synchronization

/// An engine that draws the seed's colour, and remembers what it was asked.
final class FakeEngine: PictureEngine {
    struct Drawing: Sendable {
        var completed = 0
        var settings: GenerationSettings
        var seed: UInt64
    }

    private struct Memory {
        var prompts: [String] = []
        var negativePrompts: [String] = []
        var settings: [GenerationSettings] = []
        var initialPictures: [InitialPicture] = []
        var steps = 0
    }

    /// An initial picture's size and the colour of its first pixel.
    struct InitialPicture: Equatable, Sendable {
        var width: Int
        var height: Int
        var color: [UInt8]
    }

    let card: ModelCard
    private let stepTime: TimeInterval
    private let gate: DispatchSemaphore?
    private let fails: Bool
    private let memory = Mutex(Memory())

    /// An engine whose steps take a time, and wait before `gate` if there is one.
    init(
        stepTime: TimeInterval = 0, gate: DispatchSemaphore? = nil, fails: Bool = false,
        suggestedPrompts: [String] = ["red heart"], guidanceScale: Float = 4, styles: [PromptStyle] = [],
        samplers: [String] = ["ddim", "euler"], defaultSampler: String? = "ddim", ownSampler: String? = nil
    ) {
        self.stepTime = stepTime
        self.gate = gate
        self.fails = fails
        card = ModelCard(
            identifier: "fake-model", name: "Fake <Model>", defaultWidth: 64, defaultHeight: 64, defaultSteps: 10,
            defaultGuidanceScale: guidanceScale, defaultSampler: defaultSampler, samplers: samplers,
            suggestedPrompts: suggestedPrompts, styles: styles, ownSampler: ownSampler)
    }

    var prompts: [String] { memory.withLock { $0.prompts } }
    var negativePrompts: [String] { memory.withLock { $0.negativePrompts } }
    var settings: [GenerationSettings] { memory.withLock { $0.settings } }
    var initialPictures: [InitialPicture] { memory.withLock { $0.initialPictures } }
    var steps: Int { memory.withLock { $0.steps } }

    func encode(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> Int {
        if fails { throw CancellationError() }
        let texts = (prompt.withText { String($0) }, negativePrompt.withText { String($0) })
        memory.withLock {
            $0.prompts.append(texts.0)
            $0.negativePrompts.append(texts.1)
            $0.settings.append(settings)
        }
        return 0
    }

    func begin(
        _ settings: GenerationSettings, seed: UInt64, conditioning: Int, initialPicture: borrowing PixelBuffer?,
        mask: borrowing PixelBuffer?
    ) throws -> Drawing {
        if let picture = initialPicture.summary { memory.withLock { $0.initialPictures.append(picture) } }
        return Drawing(settings: settings, seed: seed)
    }

    func canShareStep(_ task: Drawing, _ other: Drawing) -> Bool { true }

    func progress(of task: Drawing) -> (completed: Int, total: Int) { (task.completed, task.settings.steps) }

    func step(_ tasks: inout [Drawing]) throws {
        Thread.sleep(forTimeInterval: stepTime)
        _ = gate?.wait(timeout: .now() + 60)
        memory.withLock { $0.steps += 1 }
        for index in tasks.indices { tasks[index].completed += 1 }
    }

    func decode(_ task: Drawing) throws -> PixelBuffer {
        let pixel = [UInt8(task.seed % 251), UInt8(task.seed % 241), UInt8(task.seed % 239)]
        let count = task.settings.width * task.settings.height
        return PixelBuffer(
            width: task.settings.width, height: task.settings.height, channels: 3,
            bytes: (0..<count).flatMap { _ in pixel })
    }
}

extension Optional where Wrapped == PixelBuffer {
    fileprivate var summary: FakeEngine.InitialPicture? {
        switch self {
        case .some(let picture):
            FakeEngine.InitialPicture(
                width: picture.width, height: picture.height,
                color: picture.withBytes { bytes in (0..<picture.channels).map { bytes[$0] } })
        case .none: nil
        }
    }
}
