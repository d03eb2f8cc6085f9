internal import HTTPTypes
internal import Hummingbird
internal import Studio

/// `POST /v1/images/edits`, as the OpenAI libraries call it: with a form or with JSON.
struct ImageEdits: Sendable {
    let studio: Studio
    /// The longest that a stream says nothing.
    let keepAlive: Duration

    /// Makes pictures of a picture and a prompt.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        let contentType = request.headers[.contentType] ?? ""
        let isForm = contentType.lowercased().hasPrefix("multipart/")
        try request.requireBody(isForm ? "multipart/form-data" : "application/json", upTo: maximumPictureBodyBytes)
        var request = request
        let body = try await request.takeBody(upTo: maximumPictureBodyBytes, admission.bodies)
        let (model, limits) = (studio.model, studio.configuration.limits)
        let order = try await studio.imageWork.read(body, for: admission.requester) { bytes in
            isForm
                ? try ImageOrder(
                    edit: MultipartDocument(bytes, contentType: contentType), model: model, limits: limits)
                : try ImageOrder(edit: JSONDocument(bytes), model: model, limits: limits)
        }
        return try await ImageResponder(studio: studio, admission: admission, keepAlive: keepAlive).respond(
            with: order, family: .edit, to: request)
    }
}
