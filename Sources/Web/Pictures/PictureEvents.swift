internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import Studio

/// `POST /api/pictures` and `POST /api/upscale`: what happens to a request, as server-sent events, each picture among them when it is done.
///
/// Events are `queued` (`position`, `seconds`), `progress` (`completed`, `total`, `seconds`), `preview` (`index`,
/// `format`, `b64`), `image` (`index`, `seed`, `width`, `height`, `format`, `b64`,
/// and `expanded_prompt` where the words drawn are not those that were sent), and last `done` (`images`,
/// `seconds`) or `error` (problem details). A reader that is slower than the work misses old progress and previews,
/// and no picture.
struct PictureEvents: Sendable {
    let studio: Studio
    /// The longest that nothing is sent.
    let keepAlive: Duration

    /// Begins the stream of pictures that are drawn; the work ends at the next step when the client goes away.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        let (model, limits) = (studio.model, studio.configuration.limits)
        return try await respond(to: request, admission) { (document) throws(WebError) in
            try PictureOrder(native: document, model: model, limits: limits)
        }
    }

    /// Begins the stream of a picture that is enlarged; `completed` and `total` count its own steps.
    func enlarge(_ request: Request, _ admission: Admission) async throws -> Response {
        let (model, upscalers) = (studio.model, studio.upscalers)
        return try await respond(to: request, admission) { (document) throws(WebError) in
            try PictureOrder(upscale: document, model: model, upscalers: upscalers)
        }
    }

    private func respond(
        to request: Request, _ admission: Admission,
        reading: @escaping @Sendable (consuming JSONDocument) throws(WebError) -> PictureOrder
    ) async throws -> Response {
        try request.requireBody("application/json", upTo: maximumPictureBodyBytes)
        let started = ContinuousClock.now
        var request = request
        let body = try await request.takeBody(upTo: maximumPictureBodyBytes, admission.bodies)
        let order = try await studio.imageWork.read(body, for: admission.requester) { bytes in
            try reading(JSONDocument(bytes))
        }
        let presentation = order.presentation
        let (events, watch) = try await studio.watchedEvents(for: admission.admit(order.takeRequest()), of: request)

        return Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { writer in
                do {
                    let images = try await tell(events, as: presentation) { try await writer.write($0) }
                    try await writer.write(EventText.done(images: images, after: .now - started))
                } catch {
                    try await writer.write(EventText.error(WebError(error)))
                }
                await watch.end()
                try await writer.finish(nil)
            })
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
                if case .silence = signal { try await write(EventStream.comment) }
                while let event = outbox.take() {
                    if case .picture = event { images += 1 }
                    if let text = try await text(of: event, presentation) { try await write(text) }
                }
            }
            try Task.checkCancellation()
            return images
        }
    }

    private func text(of event: GenerationEvent, _ presentation: Presentation) async throws -> ByteBuffer? {
        switch event {
        case .queued(let position, let seconds):
            return EventText.queued(position: position, seconds: seconds)
        case .started:
            return nil
        case .step(let completed, let total, let seconds):
            return EventText.progress(completed: completed, total: total, seconds: seconds)
        case .preview(let picture):
            let index = picture.index
            return try await picture.encode(as: .jpeg) { EventText.preview(index, .jpeg, $0) }
        case .picture(let picture):
            let format = presentation.format
            return try await picture.encode(as: format, quality: presentation.compression) {
                EventText.image(picture, format, $0)
            }
        }
    }
}
