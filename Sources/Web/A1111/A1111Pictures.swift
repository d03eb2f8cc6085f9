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
    func respond(to request: Request, _ task: A1111Details.Task) async throws -> Response {
        let maximum = task == .imageToImage ? maximumPictureBodyBytes : maximumBodyBytes
        try request.requireBody("application/json", upTo: maximum)
        return try await request.body.consumeWithCancellationOnInboundClose { body in
            let order = try A1111Order(
                JSONDocument(try await body.secret(upTo: maximum)), task, model: studio.model, samplers: samplers,
                limits: studio.configuration.limits)
            do {
                let pictures = try await studio.generate(order.request)
                return try order.answer.response(pictures)
            } catch let error as StudioError {
                throw WebError(inA1111: error)
            }
        }
    }
}
