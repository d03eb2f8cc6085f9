internal import HTTPTypes
internal import Hummingbird
internal import Imaging
internal import NIOCore
internal import Studio

/// `POST /sdapi/v1/extra-single-image` and `POST /sdapi/v1/extra-batch-images`: pictures enlarged, as A1111's clients ask
/// for it.
struct A1111Extras: Sendable {
    /// How many pictures come with a request, and go with its answer.
    enum Task: Sendable {
        /// One, in `image`.
        case single
        /// Several, in `imageList`.
        case batch
    }

    let studio: Studio

    /// Enlarges the pictures while the client waits, and stops at the next step when it goes away.
    func respond(to request: Request, _ task: Task, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json", upTo: maximumPictureBodyBytes)
        do {
            return try await make(task, for: request, admission)
        } catch {
            // The connection ends with the answer, as it does when all goes well: clients must not send more on it.
            var error = WebError(error)
            error.headers[.connection] = "close"
            throw error
        }
    }

    private func make(_ task: Task, for request: Request, _ admission: Admission) async throws -> Response {
        var request = request
        let body = Parcel(try await request.takeBody(upTo: maximumPictureBodyBytes, admission.bodies))
        return try await request.untilClientLeaves {
            guard let body = body.take() else { throw CancellationError() }
            let (model, upscalers) = (studio.model, studio.upscalers)
            let orders = try await studio.imageWork.read(body, for: admission.requester) { bytes in
                try JSONDocument(bytes).enlargements(task, model: model, upscalers: upscalers)
            }
            var pictures: [ByteBuffer] = []
            for order in orders {
                guard let order = order.take() else { throw CancellationError() }
                pictures.append(try await enlarge(order, admission))
            }
            return Self.answer(task, pictures)
        }
    }

    /// One picture's file in Base64.
    private func enlarge(_ request: consuming GenerationRequest, _ admission: Admission) async throws -> ByteBuffer {
        do throws(StudioError) {
            let pictures = try await studio.generate(admission.admit(request))
            guard let picture = pictures.first else { throw StudioError.cancelled }
            do {
                let text = try await picture.encode(as: .png) { ByteBuffer(base64: $0) }
                guard let text else { throw StudioError.cancelled }
                return text
            } catch is CancellationError {
                throw StudioError.cancelled
            } catch {
                throw StudioError.failed(.enlarging)
            }
        } catch {
            throw WebError(inA1111Extras: error)
        }
    }

    private static func answer(_ task: Task, _ pictures: [ByteBuffer]) -> Response {
        var body = ByteBuffer()
        body.writeStaticString(#"{"html_info":"","#)
        body.writeStaticString(task == .single ? #""image":"# : #""images":["#)
        for (index, picture) in pictures.enumerated() {
            body.writeStaticString(index > 0 ? #",""# : #"""#)
            body.writeImmutableBuffer(picture)
            body.writeStaticString(#"""#)
        }
        body.writeStaticString(task == .single ? "}" : "]}")
        return Response(
            status: .ok, headers: [.contentType: "application/json", .connection: "close"],
            body: ResponseBody(byteBuffer: body))
    }
}
