internal import Hummingbird
internal import Studio

/// `POST /v1/images/generations`, as the OpenAI libraries call it.
struct ImageGenerations: Sendable {
    let studio: Studio

    /// Makes pictures of a prompt.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json")
        var request = request
        let document = try JSONDocument(try await request.takeBody(admission.bodies))
        let order = try ImageOrder(generation: document, model: studio.model, limits: studio.configuration.limits)
        return try await ImageResponder(studio: studio, admission: admission).respond(
            with: order, family: .generation, to: request)
    }
}
