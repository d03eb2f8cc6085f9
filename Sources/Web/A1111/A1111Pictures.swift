internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Studio

/// `POST /sdapi/v1/txt2img` and `POST /sdapi/v1/img2img`, as A1111's clients call them.
struct A1111Pictures: Sendable {
    private let studio: Studio
    private let samplers: [A1111Sampler]

    init(studio: Studio) {
        self.studio = studio
        samplers = A1111Sampler.offered(studio.model.samplers)
    }

    /// Makes the pictures while the client waits, and stops at the next step when it goes away.
    func respond(to request: Request, _ task: A1111Details.Task, _ admission: Admission) async throws -> Response {
        let maximum = task == .imageToImage ? maximumPictureBodyBytes : maximumBodyBytes
        try request.requireBody("application/json", upTo: maximum)
        do {
            return try await make(task, of: request.body, upTo: maximum, admission)
        } catch {
            // The connection ends with the answer, as it does when all goes well: clients must not send more on it.
            var error = WebError(error)
            error.headers[.connection] = "close"
            throw error
        }
    }

    private func make(_ task: A1111Details.Task, of body: RequestBody, upTo maximum: Int, _ admission: Admission)
        async throws -> Response
    {
        try await body.consumeWithCancellationOnInboundClose { body in
            let (model, samplers, limits) = (studio.model, samplers, studio.configuration.limits)
            let bytes = try await body.secret(upTo: maximum)
            let order = try await studio.imageWork.read(bytes, for: admission.requester) { bytes in
                try A1111Order(JSONDocument(bytes), task, model: model, samplers: samplers, limits: limits)
            }
            do {
                let pictures = try await studio.generate(admission.admit(order.request))
                return try await order.answer.response(pictures)
            } catch let error as StudioError {
                throw WebError(inA1111: error)
            }
        }
    }
}
