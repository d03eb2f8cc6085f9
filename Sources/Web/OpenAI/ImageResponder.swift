internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Studio

/// Makes the pictures of an order while the client waits, and stops at the next step when it goes away.
struct ImageResponder: Sendable {
    let studio: Studio
    let admission: Admission
    /// The longest that a stream says nothing.
    let keepAlive: Duration

    /// Answers with all pictures at once or with a stream of events, as was ordered.
    ///
    /// - Parameter request: The request, whose body has been taken.
    func respond(
        with order: consuming ImageOrder, family: ImageEvents.Family, to request: Request
    ) async throws -> Response {
        order.output.isStreamed
            ? try await stream(order, family: family, to: request) : try await answer(order, to: request)
    }

    private func answer(_ order: consuming ImageOrder, to request: Request) async throws -> Response {
        let parcel = Parcel(order)
        return try await request.untilClientLeaves {
            guard let order = parcel.take() else { throw CancellationError() }
            var answer = ImageAnswer(order.output, size: order.request.deliveredSize)
            let events = try await studio.events(for: admission.admit(order.takeRequest()))
            // A picture is encoded while the studio erases what it was made with.
            for try await case .picture(let picture) in events { try await answer.append(picture) }
            try Task.checkCancellation()
            return answer.response()
        }
    }

    /// What can be refused is refused before the stream begins.
    private func stream(
        _ order: consuming ImageOrder, family: ImageEvents.Family, to request: Request
    ) async throws -> Response {
        let texts = ImageEvents(family, order.output, size: order.request.deliveredSize)
        let (events, watch) = try await studio.watchedEvents(for: admission.admit(order.takeRequest()), of: request)
        return Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { writer in
                do {
                    var texts = texts
                    // Who waits, and everybody between, sees at once that there is an answer.
                    try await writer.write(EventStream.comment)
                    try await EventStream.tell(events, silenceEvery: keepAlive) { event in
                        guard let event else { return try await writer.write(EventStream.comment) }
                        if let text = try await texts.text(for: event) { try await writer.write(text) }
                    }
                } catch {
                    try await writer.write(ImageEvents.text(for: WebError(error)))
                }
                await watch.end()
                try await writer.finish(nil)
            })
    }
}
