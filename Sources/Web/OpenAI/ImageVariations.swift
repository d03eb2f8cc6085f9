internal import HTTPTypes
internal import Hummingbird
internal import Studio

/// `POST /v1/images/variations`, as the OpenAI libraries call it.
struct ImageVariations: Sendable {
    let studio: Studio
    /// The longest that a stream says nothing.
    let keepAlive: Duration

    /// Makes pictures that resemble a picture.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("multipart/form-data", upTo: maximumPictureBodyBytes)
        var request = request
        let contentType = request.headers[.contentType] ?? ""
        let body = try await request.takeBody(upTo: maximumPictureBodyBytes, admission.bodies)
        let (model, limits) = (studio.model, studio.configuration.limits)
        let order = try await studio.imageWork.read(body, for: admission.requester) { bytes in
            try ImageOrder(
                variation: MultipartDocument(bytes, contentType: contentType), model: model, limits: limits)
        }
        return try await ImageResponder(studio: studio, admission: admission, keepAlive: keepAlive).respond(
            with: order, family: .edit, to: request)
    }
}
