internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import NIOPosix
internal import Privacy
internal import Studio

/// `POST /api/pictures`: what happens to a request, as server-sent events, each picture among them when it is done.
///
/// Events are `queued` (`position`, `seconds`), `progress` (`completed`, `total`, `seconds`), `preview` (`index`,
/// `format`, `b64`), `image` (`index`, `seed`, `width`, `height`, `format`, `b64`), and last `done` (`images`,
/// `seconds`) or `error` (problem details). A reader that is slower than the work misses old progress and previews,
/// and no picture.
struct PictureEvents: Sendable {
    let studio: Studio
    /// The longest that nothing is sent.
    let keepAlive: Duration

    /// Begins the stream; the work ends at the next step when the client goes away.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json", upTo: maximumPictureBodyBytes)
        let started = ContinuousClock.now
        var request = request
        let order = try await read(try await request.takeBody(upTo: maximumPictureBodyBytes, admission.bodies))
        let presentation = order.presentation
        let events = try studio.events(for: admission.admit(order.takeRequest()))
        let inbound = request.body

        return Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { writer in
                do {
                    try await inbound.consumeWithCancellationOnInboundClose { _ in
                        let images = try await tell(events, as: presentation) { try await writer.write($0) }
                        try await writer.write(EventText.done(images: images, after: .now - started))
                    }
                } catch {
                    try await writer.write(EventText.error(WebError(error)))
                }
                try await writer.finish(nil)
            })
    }

    /// Reads a body on a thread that may be busy for long: pictures take up to a second to decode.
    private func read(_ body: consuming SecretBytes) async throws -> PictureOrder {
        let (model, limits) = (studio.model, studio.configuration.limits)
        let body = Parcel(body)
        let order = try await NIOThreadPool.singleton.runIfActive {
            // The pool's threads wait for other pictures with whatever lies on their stacks.
            try erasingStack {
                guard let body = body.take() else { throw CancellationError() }
                return Parcel(try PictureOrder(native: JSONDocument(body), model: model, limits: limits))
            }
        }
        guard let order = order.take() else { throw CancellationError() }
        return order
    }

    private static var headers: HTTPFields {
        var headers: HTTPFields = [.contentType: "text/event-stream", .connection: "close"]
        // Asks nginx to pass events on as they come.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return headers
    }

    /// Writes events as fast as they are read, and returns how many pictures were among them.
    private func tell(
        _ events: AsyncThrowingStream<GenerationEvent, any Error>, as presentation: Presentation,
        write: (ByteBuffer) async throws -> Void
    ) async throws -> Int {
        let outbox = EventOutbox()
        return try await withThrowingTaskGroup { group in
            group.addTask { await outbox.post(events) }
            group.addTask {
                while true {
                    try await Task.sleep(for: keepAlive)
                    outbox.breakSilence()
                }
            }
            defer { group.cancelAll() }
            var images = 0
            for try await signal in outbox.signals {
                if case .silence = signal { try await write(EventText.comment) }
                while let event = outbox.take() {
                    if case .picture = event { images += 1 }
                    if let text = try text(of: event, presentation) { try await write(text) }
                }
            }
            try Task.checkCancellation()
            return images
        }
    }

    private func text(of event: GenerationEvent, _ presentation: Presentation) throws(ImageError) -> ByteBuffer? {
        switch event {
        case .queued(let position, let seconds):
            return EventText.queued(position: position, seconds: seconds)
        case .started:
            return nil
        case .step(let completed, let total, let seconds):
            return EventText.progress(completed: completed, total: total, seconds: seconds)
        case .preview(let picture):
            guard let bytes = try picture.encoded(as: .jpeg) else { return nil }
            return EventText.preview(picture.index, .jpeg, bytes)
        case .picture(let picture):
            let format = presentation.format
            guard let bytes = try picture.encoded(as: format, quality: presentation.compression) else { return nil }
            return EventText.image(picture, format, bytes)
        }
    }
}
