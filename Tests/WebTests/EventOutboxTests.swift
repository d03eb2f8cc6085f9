import Studio
import Testing
import Web

@Suite("What waits for a slow reader")
struct EventOutboxTests {
    @Test("only the latest progress waits, and no place in the queue any more")
    func latest() {
        let outbox = EventOutbox()
        for position in (0..<100).reversed() { outbox.post(.queued(position: position)) }
        outbox.post(.started)
        for completed in 1...10_000 { outbox.post(.step(completed: completed, total: 10_000)) }
        guard case .step(let completed, _, _) = outbox.take() else {
            Issue.record("something else came first")
            return
        }
        #expect(completed == 10_000)
        #expect(outbox.take() == nil)
    }

    @Test("the reader is woken for what was put in before the end, and then learns how it ended")
    func end() async throws {
        let outbox = EventOutbox()
        let (events, source) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
        source.yield(.step(completed: 1, total: 2))
        source.finish(throwing: StudioError.timedOut)
        await outbox.post(events)
        var taken = 0
        await #expect(throws: StudioError.timedOut) {
            for try await _ in outbox.signals {
                while outbox.take() != nil { taken += 1 }
            }
        }
        #expect(taken == 1)
    }
}
