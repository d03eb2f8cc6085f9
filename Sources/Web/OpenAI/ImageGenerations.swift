internal import Hummingbird
internal import Studio

/// `POST /v1/images/generations`, as the OpenAI libraries call it.
struct ImageGenerations: Sendable {
    let studio: Studio
    /// The longest that a stream says nothing.
    let keepAlive: Duration

    /// Makes pictures of a prompt.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json")
        var request = request
        let body = try await request.takeBody(admission.bodies)
        let (model, limits) = (studio.model, studio.configuration.limits)
        let order = try await studio.imageWork.read(body, for: admission.requester) { bytes in
            try ImageOrder(generation: JSONDocument(bytes), model: model, limits: limits)
        }
        return try await ImageResponder(studio: studio, admission: admission, keepAlive: keepAlive).respond(
            with: order, family: .generation, to: request)
    }
}
