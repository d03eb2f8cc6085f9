import Diffusion
import Dispatch
import Imaging
import Privacy
import Studio
import Synchronization
import Testing

/// Who was served, in order.
private final class Done: Sendable {
    private let names = Mutex<[String]>([])
    var all: [String] { names.withLock { $0 } }
    func append(_ name: String) { names.withLock { $0.append(name) } }
}

/// Whether work was done.
private final class HasRun: Sendable {
    let flag = Mutex(false)
}

@Suite("Image work", .timeLimit(.minutes(1)))
struct ImageWorkQueueTests {
    private let large = ImageWork(pixels: 24_000_000)
    private let one = Requester(token: 1), other = Requester(token: 2)

    /// Occupies the threads for large work until `gate` is opened, and returns when it does.
    private func occupy(_ queue: ImageWorkQueue, _ gate: DispatchSemaphore) async -> Task<Void, any Error> {
        let (begun, bell) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await queue.run(large, holding: 0, for: one) { _ in
                bell.finish()
                gate.wait()
            }
        }
        for await _ in begun {}
        return task
    }

    @Test("gives the result, or throws what the work throws")
    func results() async throws {
        let queue = ImageWorkQueue()
        #expect(try await queue.run(ImageWork(pixels: 1), holding: 0, for: one) { _ in 7 } == 7)
        await #expect(throws: ImageError.unknownFormat) {
            try await queue.run(large, holding: 0, for: one) { _ in throw ImageError.unknownFormat }
        }
    }

    @Test("small work does not wait for large work")
    func lanes() async throws {
        let (queue, gate) = (ImageWorkQueue(largeWorkers: 1), DispatchSemaphore(value: 0))
        let occupation = await occupy(queue, gate)
        for pixels in [1, 128 * 128 * 4, 1_024 * 1_024 * 4] {
            #expect(try await queue.run(ImageWork(pixels: pixels), holding: 1_000, for: other) { _ in true })
        }
        gate.signal()
        try await occupation.value
    }

    @Test("another client's work is next, however much one has sent")
    func fairness() async throws {
        let (queue, gate) = (ImageWorkQueue(largeWorkers: 1), DispatchSemaphore(value: 0))
        let occupation = await occupy(queue, gate)
        let done = Done()
        let ones = (0..<20).map { _ in
            Task { [large, one] in try await queue.run(large, holding: 0, for: one) { _ in done.append("one") } }
        }
        // Once all of them wait, the other client comes.
        #expect(try await eventually { queue.waiting == 20 })
        let last = Task { [large, other] in
            try await queue.run(large, holding: 0, for: other) { _ in done.append("other") }
        }
        #expect(try await eventually { queue.waiting == 21 })
        gate.signal()
        try await occupation.value
        for task in ones + [last] { try await task.value }
        #expect(done.all.prefix(2).contains("other"))
    }

    @Test("work whose task is cancelled is dropped while it waits")
    func cancelledWaiting() async throws {
        let (queue, gate) = (ImageWorkQueue(largeWorkers: 1), DispatchSemaphore(value: 0))
        let occupation = await occupy(queue, gate)
        let hasRun = HasRun()
        let task = Task { [large, one] in
            try await queue.run(large, holding: 0, for: one) { _ in hasRun.flag.withLock { $0 = true } }
        }
        #expect(try await eventually { queue.waiting == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(queue.waiting == 0)
        gate.signal()
        try await occupation.value
        #expect(!hasRun.flag.withLock { $0 })
    }

    @Test("work that runs is told that its task is cancelled")
    func cancelledRunning() async throws {
        let queue = ImageWorkQueue()
        let (begun, bell) = AsyncStream<Void>.makeStream()
        let task = Task { [large, one] in
            try await queue.run(large, holding: 0, for: one) { cancellation in
                bell.finish()
                while true { try cancellation.check() }
            }
        }
        for await _ in begun {}
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("large work waits for memory, unless it is alone, and small work has its own")
    func memory() async throws {
        let queue = ImageWorkQueue(largeWorkers: 3, bytes: 256 << 20)
        let (gate, done) = (DispatchSemaphore(value: 0), Done())
        func work(_ name: String, of client: UInt64, holding bytes: Int) -> Task<Void, any Error> {
            Task { [large] in
                try await queue.run(large, holding: bytes, for: Requester(token: client)) { _ in
                    done.append("\(name) begins")
                    gate.wait()
                    done.append("\(name) ends")
                }
            }
        }
        // More than there is, since it is alone; then two that fit together, and one that has to wait for them.
        let huge = work("huge", of: 1, holding: 1 << 30)
        #expect(try await eventually { done.all == ["huge begins"] })
        let first = work("first", of: 2, holding: 100 << 20)
        #expect(try await eventually { queue.waiting == 1 })
        let second = work("second", of: 3, holding: 92 << 20)
        #expect(try await eventually { queue.waiting == 2 })
        let third = work("third", of: 4, holding: 1 << 20)
        #expect(try await eventually { queue.waiting == 3 })
        #expect(try await queue.run(ImageWork(pixels: 1), holding: 16 << 20, for: other) { _ in done.all.count } == 1)
        gate.signal()
        #expect(try await eventually { done.all.count == 4 })
        #expect(Set(done.all.dropFirst(2)) == ["first begins", "second begins"])
        #expect(queue.waiting == 1)
        for _ in 0..<3 { gate.signal() }
        for task in [huge, first, second, third] { try await task.value }
        #expect(done.all.count == 8)
    }

    @Test("no client occupies all threads for large work")
    func threads() async throws {
        let (queue, gate) = (ImageWorkQueue(largeWorkers: 2), DispatchSemaphore(value: 0))
        let occupation = await occupy(queue, gate)
        let second = await Task { [large, one] in
            Task { try await queue.run(large, holding: 0, for: one) { _ in gate.wait() } }
        }.value
        #expect(try await eventually { queue.waiting == 1 })
        #expect(try await queue.run(large, holding: 0, for: other) { _ in true })
        #expect(queue.waiting == 1)
        for _ in 0..<2 { gate.signal() }
        try await occupation.value
        try await second.value
    }

    @Test("work is counted without overflow, whatever is asked for")
    func extremes() {
        for side in [Int.min, -1, 0, 1, 1 << 31, 1 << 62, .max] {
            for count in [Int.min, 0, 1, .max] {
                var request = GenerationRequest.sample(seed: 1)
                request.settings.width = side
                request.settings.height = side
                request.settings.count = count
                request.settings.maskFill = .fill
                request.settings.inpaintArea = .onlyMasked(padding: side)
                request.initialPicture = PixelBuffer(width: 2, height: 2, channels: 3)
                request.mask = PixelBuffer(width: 2, height: 2, channels: 1)
                let steps = request.imageWork.pixelSteps
                #expect(steps >= 0)
            }
        }
    }

    @Test("an image costs as much as its pixels are gone over")
    func costs() {
        func work(_ change: (inout GenerationRequest) -> Void) -> Int {
            var request = GenerationRequest.sample(seed: 1)
            request.initialPicture = PixelBuffer(width: 1_000, height: 1_000, channels: 3)
            change(&request)
            return request.imageWork.pixelSteps
        }
        let plain = work { $0.initialPicture = nil }
        let edit = work { _ in }
        let masked = work { $0.mask = PixelBuffer(width: 1_000, height: 1_000, channels: 1) }
        let part = work {
            $0.mask = PixelBuffer(width: 1_000, height: 1_000, channels: 1)
            $0.settings.inpaintArea = .onlyMasked(padding: 0)
            $0.settings.keepsImageSize = true
        }
        #expect(plain == 0)
        #expect(edit >= 250_000 && masked > edit && part > 2 * masked)
    }
}
