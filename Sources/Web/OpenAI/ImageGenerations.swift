internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import Studio

/// `POST /v1/images/generations`, as the OpenAI libraries call it.
struct ImageGenerations: Sendable {
    let studio: Studio

    /// Makes the pictures while the client waits, and stops at the next step when it goes away.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json")
        return try await request.body.consumeWithCancellationOnInboundClose { body in
            let document = try JSONDocument(try await body.secret())
            let order = try PictureOrder(document, model: studio.model, limits: studio.configuration.limits)
            let presentation = order.presentation
            var answer = Answer(presentation, settings: order.request.settings)
            for picture in try await studio.generate(admission.admit(order.takeRequest())) {
                try answer.append(picture)
            }
            return answer.response()
        }
    }

    /// The answer's body, written as it grows.
    private struct Answer {
        private var body = ByteBuffer()
        private var count = 0
        private let presentation: Presentation

        init(_ presentation: Presentation, settings: GenerationSettings) {
            self.presentation = presentation
            let quality = presentation.quality == .auto ? .medium : presentation.quality
            body.writeString(#"{"created":\#(unixTime()),"background":"opaque","output_format":"#)
            body.writeJSONString(presentation.format.rawValue)
            body.writeString(#","quality":"\#(quality.rawValue)","size":"\#(settings.width)x\#(settings.height)""#)
            body.writeStaticString(#","data":["#)
        }

        mutating func append(_ picture: Picture) throws {
            let format = presentation.format
            guard let bytes = try picture.encoded(as: format, quality: presentation.compression) else { return }
            if count > 0 { body.writeStaticString(",") }
            count += 1
            if presentation.asURL {
                body.writeString(#"{"url":"data:\#(format.mediaType);base64,"#)
            } else {
                body.writeStaticString(#"{"b64_json":""#)
            }
            body.writeBase64(bytes)
            body.writeString(#"","seed":\#(picture.seed)}"#)
        }

        consuming func response() -> Response {
            body.writeStaticString("]}")
            // The request's stream has been given up to learn of the client's leaving: the connection ends here.
            return Response(
                status: .ok, headers: [.contentType: "application/json; charset=utf-8", .connection: "close"],
                body: ResponseBody(byteBuffer: body))
        }
    }
}
