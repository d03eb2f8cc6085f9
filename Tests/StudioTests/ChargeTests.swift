import Foundation
import Imaging
import Moderation
import Privacy
import Studio
import Synchronization
import Testing

/// Notes what is charged and given back.
private final class Purse: RequestCharge {
    enum Entry: Equatable {
        case taken(Int)
        case refunded(part: Double, wasBegun: Bool)
    }

    private let seconds: Int?
    private let list = Mutex<[Entry]>([])

    /// A purse that is empty for so many seconds; nil for one that is not.
    init(emptyFor seconds: Int? = nil) { self.seconds = seconds }

    var entries: [Entry] { list.withLock { $0 } }

    func take(steps: Int, images: Int) -> Int? {
        list.withLock { $0.append(.taken(steps + images)) }
        return seconds
    }

    func refund(part: Double, wasBegun: Bool) {
        list.withLock { $0.append(.refunded(part: part, wasBegun: wasBegun)) }
    }
}

@Suite("What a request is charged", .timeLimit(.minutes(1)))
struct ChargeTests {
    private func request(_ purse: Purse, seed: UInt64 = 1, count: Int = 1, steps: Int = 4) -> GenerationRequest {
        var request = GenerationRequest.sample(seed: seed, count: count, steps: steps)
        request.charge = purse
        return request
    }

    @Test("is its pixels times its steps, of all pictures, once")
    func made() async throws {
        let purse = Purse()
        _ = try await Studio(engine: FakeEngine()).generate(request(purse, count: 3))
        #expect(purse.entries == [.taken(64 * 64 * 4 * 3)])
    }

    /// A request with a mistake of a kind; none that shows before the memory is counted for the last.
    private static func wrong(_ kind: Int, _ purse: Purse) -> GenerationRequest {
        let prompt = kind == 6 ? " " : kind == 7 ? "nude child" : "a fox"
        var request = GenerationRequest.sample(seed: 1, prompt: Prompt(prompt))
        request.charge = purse
        switch kind {
        case 0: request.settings.steps = .max
        case 1: request.settings.count = .max
        case 2: request.settings.width = .max
        case 3: request.settings.height = .min
        case 4: request.settings.steps = 0
        case 5: request.settings.sampler = "canary"
        default: break
        }
        return request
    }

    @Test("is nothing when it is refused", arguments: 0..<9)
    func invalid(kind: Int) async throws {
        var configuration = StudioConfiguration()
        configuration.memoryBudget = kind == 8 ? 1 << 20 : nil
        let studio = Studio(engine: FakeEngine(bytesPerPixel: 1 << 10), configuration: configuration)
        let purse = Purse()
        await #expect(throws: StudioError.self) { _ = try await studio.generate(Self.wrong(kind, purse)) }
        #expect(purse.entries.isEmpty)
    }

    @Test("is refused with the time to wait when there is not enough, before anything is done")
    func empty() async throws {
        let (engine, purse) = (FakeEngine(), Purse(emptyFor: 7))
        let studio = Studio(engine: engine)
        await #expect(throws: StudioError.rateLimited(retryAfter: 7)) { _ = try await studio.generate(request(purse)) }
        await #expect(throws: StudioError.rateLimited(retryAfter: 7)) {
            _ = try await studio.events(for: request(purse))
        }
        #expect(engine.calls.isEmpty)
        #expect(purse.entries == [.taken(64 * 64 * 4), .taken(64 * 64 * 4)])
    }

    @Test("is nothing when there is no room, and given back when it is cancelled while it waits")
    func waiting() async throws {
        let gate = Gate()
        let studio = Studio(
            engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1, maximumQueue: 1))
        let purses = [Purse(), Purse(), Purse()]
        let first = Task { try await studio.generate(request(purses[0])) }
        await gate.waitForArrival()
        let second = Task { try await studio.generate(request(purses[1])) }
        #expect(try await eventually { studio.load.waiting == 1 })
        await #expect(throws: StudioError.self) { _ = try await studio.generate(request(purses[2])) }
        #expect(purses[2].entries.isEmpty)
        second.cancel()
        await #expect(throws: StudioError.cancelled) { _ = try await second.value }
        #expect(purses[1].entries == [.taken(64 * 64 * 4), .refunded(part: 1, wasBegun: false)])
        gate.letAllThrough()
        _ = try await first.value
        #expect(purses[0].entries == [.taken(64 * 64 * 4)])
    }

    @Test("is given back as far as it was not made")
    func part() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1))
        let purse = Purse()
        let task = Task { try await studio.generate(request(purse, steps: 10)) }
        await gate.waitForArrival()
        await gate.letOneThroughAndWait()
        await gate.letOneThroughAndWait()
        task.cancel()
        gate.letAllThrough()
        await #expect(throws: StudioError.cancelled) { _ = try await task.value }
        guard case .refunded(let part, true)? = purse.entries.last else {
            Issue.record("nothing was given back")
            return
        }
        // The step at the gate is made before the cancel is noticed.
        #expect(purse.entries.count == 2 && abs(part - 0.75) < 0.1)
    }

    @Test("is given back when the service stops before it is begun")
    func stopping() async throws {
        let gate = Gate()
        let studio = Studio(engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1))
        let purses = [Purse(), Purse()]
        let first = Task { try await studio.generate(request(purses[0])) }
        await gate.waitForArrival()
        let second = Task { try await studio.generate(request(purses[1])) }
        #expect(try await eventually { studio.load.waiting == 1 })
        async let end: Void = studio.shutdown(within: .zero)
        await #expect(throws: StudioError.shuttingDown) { _ = try await second.value }
        #expect(purses[1].entries.last == .refunded(part: 1, wasBegun: false))
        gate.letAllThrough()
        await #expect(throws: StudioError.shuttingDown) { _ = try await first.value }
        await end
    }
}
