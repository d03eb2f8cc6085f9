internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Studio

/// `POST /api/pictures`: what happens to a request, as server-sent events, each picture among them when it is done.
///
/// The body is that of the OpenAI API. Events are `queued` (`position`), `started`, `step` (`completed`, `total`),
/// `picture` (`index`, `seed`, `width`, `height`, `format`, `b64`), `done`, and `error` (problem details).
struct PictureEvents: Sendable {
    let studio: Studio

    /// Begins the stream; it ends at the next step when the client goes away.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json")
        var request = request
        let document = try JSONDocument(try await request.takeBody())
        let order = try PictureOrder(document, model: studio.model, limits: studio.configuration.limits)
        let presentation = order.presentation
        let events = try studio.events(for: admission.admit(order.takeRequest()))
        let inbound = request.body

        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .connection: "close"],
            body: ResponseBody { writer in
                do {
                    try await inbound.consumeWithCancellationOnInboundClose { _ in
                        for try await event in events {
                            try await writer.write(EventText.encode(event, presentation))
                        }
                        try await writer.write(EventText.done)
                    }
                } catch {
                    try await writer.write(EventText.error(WebError(error)))
                }
                try await writer.finish(nil)
            })
    }
}
