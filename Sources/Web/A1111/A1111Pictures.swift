internal import HTTPTypes
internal import Hummingbird
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
            return try await make(task, for: request, upTo: maximum, admission)
        } catch {
            // The connection ends with the answer, as it does when all goes well: clients must not send more on it.
            var error = WebError(error)
            error.headers[.connection] = "close"
            throw error
        }
    }

    private func make(
        _ task: A1111Details.Task, for request: Request, upTo maximum: Int, _ admission: Admission
    ) async throws -> Response {
        var request = request
        let body = Parcel(try await request.takeBody(upTo: maximum, admission.bodies))
        return try await request.untilClientLeaves {
            guard let body = body.take() else { throw CancellationError() }
            let (model, samplers, limits) = (studio.model, samplers, studio.configuration.limits)
            let order = try await studio.imageWork.read(body, for: admission.requester) { bytes in
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
