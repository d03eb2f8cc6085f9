internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import Privacy
internal import Studio

/// `POST /sdapi/v1/png-info`: the parameters that a picture's file holds, as A1111 and others write them, to whoever sent
/// the file. Nothing is decoded but the text.
struct A1111PictureInfo: Sendable {
    let studio: Studio

    /// Reads the body's `image`, in Base64, and answers `{"info","items","parameters"}`.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json", upTo: maximumPictureBodyBytes)
        var request = request
        let body = try await request.takeBody(upTo: maximumPictureBodyBytes, admission.bodies)
        let texts = try await studio.imageWork.read(body, for: admission.requester) { bytes in
            let document = try JSONDocument(bytes)
            guard let image = try document.imageFile("image") else {
                throw WebError.badRequest(
                    .missingParameter, "'image' is missing; send a picture's file in Base64.", parameter: "image")
            }
            return Texts(image.embeddedTexts())
        }
        var answer = ByteBuffer()
        answer.reserveCapacity(1_024 + 8 * texts.values.reduce(0) { $0 + $1.text.utf8Count })
        Self.write(texts.values, to: &answer)
        return Response(
            status: .ok, headers: [.contentType: "application/json", .connection: "close"],
            body: ResponseBody(byteBuffer: answer))
    }

    /// The texts on their way from the thread that read them.
    private struct Texts: ~Copyable, Sendable {
        let values: [EmbeddedText]

        init(_ values: [EmbeddedText]) { self.values = values }
    }

    private static func write(_ texts: [EmbeddedText], to body: inout ByteBuffer) {
        let parameters = texts.first(where: \.isParameters)
        body.writeStaticString(#"{"info":"#)
        if let parameters { body.writeJSONString(parameters.text) } else { body.writeStaticString(#""""#) }
        body.writeStaticString(#","items":{"#)
        var isFirst = true
        for text in texts where !(text === parameters) {
            if !isFirst { body.writeStaticString(",") }
            isFirst = false
            body.writeJSONString(text.keyword)
            body.writeStaticString(":")
            body.writeJSONString(text.text)
        }
        body.writeStaticString(#"},"parameters":"#)
        if let parameters {
            parameters.text.withText { A1111Infotext(copy $0).write(to: &body) }
        } else {
            body.writeStaticString("{}")
        }
        body.writeStaticString("}")
    }
}
