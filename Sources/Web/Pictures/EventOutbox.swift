package import Studio
internal import Synchronization

/// What is still to be told to a reader, who may be slower than the work.
///
/// What newer events make old is dropped, so that no more waits than the latest place or progress, one preview a
/// picture, and the pictures themselves.
package final class EventOutbox: Sendable {
    /// Why the reader is woken.
    package enum Signal {
        /// Something is to be told.
        case news
        /// Nothing has been told for a while.
        case silence
    }

    /// Wakes the reader; ends or throws with the work.
    package let signals: AsyncThrowingStream<Signal, any Error>
    private let bell: AsyncThrowingStream<Signal, any Error>.Continuation
    private let pending = Mutex<[GenerationEvent]>([])

    package init() {
        (signals, bell) = AsyncThrowingStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Puts an event in, in place of those that it makes old.
    package func post(_ event: GenerationEvent) {
        pending.withLock { pending in
            pending.removeAll { event.replaces($0) }
            pending.append(event)
        }
        bell.yield(.news)
    }

    /// Puts in whatever happens until the work ends, then ends the signals.
    package func post(_ events: AsyncThrowingStream<GenerationEvent, any Error>) async {
        do {
            for try await event in events { post(event) }
            bell.finish()
        } catch {
            bell.finish(throwing: error)
        }
    }

    /// Wakes the reader to show that the stream is alive.
    package func breakSilence() { bell.yield(.silence) }

    /// Takes out what is to be told next; nil when there is nothing.
    package func take() -> GenerationEvent? {
        pending.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

extension GenerationEvent {
    /// Whether nobody wants to know of an earlier event when this one has happened.
    fileprivate func replaces(_ earlier: GenerationEvent) -> Bool {
        switch (self, earlier) {
        case (.queued, .queued), (.started, .queued), (.step, .queued), (.step, .started), (.step, .step): true
        case (.preview(let new), .preview(let old)), (.picture(let new), .preview(let old)): new.index == old.index
        default: false
        }
    }
}
