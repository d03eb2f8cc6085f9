import Diffusion
import Dispatch
import Imaging
import Privacy
import Studio
import Synchronization

/// An engine without a model: it counts, remembers which pictures shared which pass, and stops where it is told to.
final class FakeEngine: PictureEngine {
    struct Failure: Error {}

    /// A picture on its way, known by its seed.
    struct Task: Sendable {
        let seed: UInt64
        let size: [Int]
        let total: Int
        var completed = 0
        let life: Life
    }

    /// What the engine was asked to do, in order.
    enum Call: Equatable, Sendable {
        case encode(promptLength: Int)
        case begin(UInt64)
        case step([UInt64])
        case preview(UInt64)
        case decode(UInt64)
    }

    /// What goes wrong without anything being thrown.
    struct Flaws: Sendable {
        /// The seeds of pictures that stop being numbers at their first step.
        var notFinite: Set<UInt64> = []
        /// The seeds of pictures that the model's checker does not let through.
        var unsuitable: Set<UInt64> = []
    }

    /// Counts the tasks that are alive, over all their copies.
    final class Life: Sendable {
        private let count: Counter
        init(_ count: Counter) {
            self.count = count
            count.add(1)
        }
        deinit { count.add(-1) }
    }

    /// A number that several threads change.
    final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func add(_ amount: Int) { number.withLock { $0 += amount } }
    }

    let card: ModelCard

    /// How many tasks are alive.
    let alive = Counter()

    private let log = Mutex<[Call]>([])
    private let initialBytes = Mutex<[Int?]>([])
    private let masked = Mutex<[(picture: [UInt8], mask: [UInt8])]>([])
    private let begunWith = Mutex<[Float]>([])
    private let gate: Gate?
    private let error: any Error
    private let flaws: Flaws
    private let bytesPerPixel: Int
    private let onStep: @Sendable (Int) -> Void
    private let failing: @Sendable (Call) -> Bool

    /// - Parameters:
    ///   - gate: Where every step waits, unless nil.
    ///   - error: What failing calls throw.
    ///   - flaws: What goes wrong without anything being thrown.
    ///   - bytesPerPixel: The memory that a picture needs in a pass.
    ///   - glossary: The model's words for those of other languages.
    ///   - failing: Which calls fail.
    ///   - onStep: Told how many pictures are in a pass.
    init(
        gate: Gate? = nil, error: any Error = Failure(), flaws: Flaws = Flaws(), bytesPerPixel: Int = 0,
        glossary: Glossary? = nil, failing: @escaping @Sendable (Call) -> Bool = { _ in false },
        onStep: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        card = ModelCard(
            identifier: "fake", name: "Fake", defaultWidth: 64, defaultHeight: 64, defaultSteps: 4,
            defaultGuidanceScale: 1, defaultSampler: "euler", samplers: ["euler", "ddim"], glossary: glossary)
        self.flaws = flaws
        self.bytesPerPixel = bytesPerPixel
        self.onStep = onStep
        self.gate = gate
        self.error = error
        self.failing = failing
    }

    var calls: [Call] { log.withLock { $0 } }

    /// The seeds that shared each pass.
    var passes: [[UInt64]] {
        calls.compactMap { call in
            if case .step(let seeds) = call { seeds } else { nil }
        }
    }

    /// The byte counts of the initial pictures.
    var initialPictures: [Int?] { initialBytes.withLock { $0 } }

    /// The initial pictures' and the masks' bytes.
    var drawings: [(picture: [UInt8], mask: [UInt8])] { masked.withLock { $0 } }

    /// The strengths of the pictures that were begun.
    var strengths: [Float] { begunWith.withLock { $0 } }

    private func note(_ call: Call) throws {
        log.withLock { $0.append(call) }
        if failing(call) { throw error }
    }

    func encode(
        prompt: borrowing Prompt, negativePrompt: borrowing Prompt, settings: GenerationSettings
    ) throws -> Int {
        let length = prompt.scalarCount
        try note(.encode(promptLength: length))
        return length
    }

    func begin(
        _ settings: GenerationSettings, seed: UInt64, conditioning: Int, initialPicture: borrowing PixelBuffer?,
        mask: borrowing PixelBuffer?
    ) throws -> Task {
        try note(.begin(seed))
        begunWith.withLock { $0.append(settings.strength) }
        let count = Self.bytes(of: initialPicture)?.count
        initialBytes.withLock { $0.append(count) }
        if let mask = Self.bytes(of: mask), let picture = Self.bytes(of: initialPicture) {
            masked.withLock { $0.append((picture, mask)) }
        }
        return Task(seed: seed, size: [settings.width, settings.height], total: settings.steps, life: Life(alive))
    }

    private static func bytes(of picture: borrowing PixelBuffer?) -> [UInt8]? {
        switch picture {
        case .some(let picture): picture.withUnsafeBytes { Array($0) }
        case .none: nil
        }
    }

    func canShareStep(_ task: Task, _ other: Task) -> Bool { task.size == other.size }

    func progress(of task: Task) -> (completed: Int, total: Int) { (task.completed, task.total) }

    func step(_ tasks: inout [Task]) throws {
        gate?.pass()
        onStep(tasks.count)
        for index in tasks.indices { tasks[index].completed += 1 }
        try note(.step(tasks.map(\.seed)))
    }

    func isFinite(_ task: Task) -> Bool { !flaws.notFinite.contains(task.seed) }

    func preview(of task: Task) throws -> PixelBuffer? {
        try note(.preview(task.seed))
        let pixel = [UInt8](repeating: UInt8(task.completed), count: 3)
        return PixelBuffer(width: 1, height: 1, channels: 3, bytes: pixel)
    }

    func workingBytes(width: Int, height: Int, batch: Int) -> Int { width * height * batch * bytesPerPixel }

    func decode(_ task: Task) throws -> PixelBuffer {
        try note(.decode(task.seed))
        if flaws.unsuitable.contains(task.seed) { throw UnsuitablePicture() }
        return PixelBuffer(
            width: task.size[0], height: task.size[1], channels: 3,
            bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: task.seed), count: task.size[0] * task.size[1] * 3))
    }
}

/// Where a thread stops until it is let through, once a time.
final class Gate: Sendable {
    private struct Arrivals {
        var unseen = 0
        var watcher: CheckedContinuation<Void, Never>?
    }

    private let arrivals = Mutex(Arrivals())
    private let open = DispatchSemaphore(value: 0)
    private let isOpenForAll = Mutex(false)

    /// Called by who must stop.
    func pass() {
        if isOpenForAll.withLock({ $0 }) { return }
        let watcher = arrivals.withLock { arrivals in
            if arrivals.watcher == nil { arrivals.unseen += 1 }
            return arrivals.watcher.take()
        }
        watcher?.resume()
        open.wait()
    }

    /// Waits until somebody stands at the gate.
    func waitForArrival() async {
        await withCheckedContinuation { continuation in
            let isThere = arrivals.withLock { arrivals in
                if arrivals.unseen > 0 {
                    arrivals.unseen -= 1
                    return true
                }
                arrivals.watcher = continuation
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets one through.
    func letOneThrough() { open.signal() }

    /// Lets one through, and waits for the next to arrive.
    func letOneThroughAndWait() async {
        letOneThrough()
        await waitForArrival()
    }

    /// Lets everybody through from now on.
    func letAllThrough() {
        isOpenForAll.withLock { $0 = true }
        open.signal()
    }
}

/// What happened to a request, as numbers and words.
final class EventLog: Sendable {
    private let events = Mutex<[String]>([])

    var all: [String] { events.withLock { $0 } }

    @Sendable func note(_ event: GenerationEvent) {
        let text =
            switch event {
            case .queued(let position, _): "queued \(position)"
            case .started: "started"
            case .step(let completed, let total, _): "step \(completed)/\(total)"
            case .preview(let picture): "preview \(picture.index)"
            case .picture(let picture): "picture \(picture.index)"
            }
        events.withLock { $0.append(text) }
    }
}

extension GenerationRequest {
    /// A small request to the fake engine.
    static func sample(
        seed: UInt64, count: Int = 1, steps: Int = 4, width: Int = 64, height: Int = 64,
        requester: UInt64 = 0,
        prompt: consuming Prompt = Prompt("a fox")
    ) -> GenerationRequest {
        var settings = GenerationSettings(for: FakeEngine().card)
        settings.seed = seed
        settings.count = count
        settings.steps = steps
        (settings.width, settings.height) = (width, height)
        var request = GenerationRequest(prompt: prompt, settings: settings)
        request.requester = Requester(token: requester)
        return request
    }
}

/// Waits, for a limited time, until something becomes true.
func eventually(_ condition: () async -> Bool) async throws -> Bool {
    for _ in 0..<2_000 {
        if await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
