internal import HTTPTypes
internal import NIOCore
internal import Studio

/// What all answers that are streams of server-sent events have in common.
enum EventStream {
    /// The fields of such an answer.
    static var headers: HTTPFields {
        var headers: HTTPFields = [.contentType: "text/event-stream", .connection: "close"]
        // Asks nginx to pass events on as they come.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return headers
    }

    /// A comment, which readers skip: it shows that the stream is alive.
    static var comment: ByteBuffer { ByteBuffer(staticString: ": \n\n") }

    /// Calls a function with every event in its order, and with nil each time that an interval has passed.
    static func tell(
        _ events: AsyncThrowingStream<GenerationEvent, any Error>, silenceEvery interval: Duration,
        _ body: (GenerationEvent?) async throws -> Void
    ) async throws {
        let (signals, bell) = AsyncThrowingStream.makeStream(of: GenerationEvent?.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                do {
                    for try await event in events { bell.yield(event) }
                    bell.finish()
                } catch {
                    bell.finish(throwing: error)
                }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: interval)
                    bell.yield(nil)
                }
            }
            defer { group.cancelAll() }
            for try await signal in signals { try await body(signal) }
            try Task.checkCancellation()
        }
    }
}
