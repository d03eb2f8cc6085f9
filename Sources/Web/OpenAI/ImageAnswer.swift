internal import Hummingbird
internal import Imaging
internal import NIOCore
internal import Studio

/// The body of an answer with pictures, written as it grows.
struct ImageAnswer {
    private var body = ByteBuffer()
    private var count = 0
    private let output: ImageOutput

    init(_ output: ImageOutput, size: ImageSize) {
        self.output = output
        body.writeString(#"{"created":\#(unixTime()),"#)
        body.writeImageFacts(output, size)
        body.writeStaticString(#","data":["#)
    }

    /// Adds a picture, which is encoded and then gone.
    mutating func append(_ picture: Picture) async throws {
        let text = try await picture.encode(as: output.format, quality: output.compression) { ByteBuffer(base64: $0) }
        guard let text else { return }
        if count > 0 { body.writeStaticString(",") }
        count += 1
        if output.asURL {
            body.writeString(#"{"url":"data:\#(output.format.mediaType);base64,"#)
        } else {
            body.writeStaticString(#"{"b64_json":""#)
        }
        body.writeImmutableBuffer(text)
        body.writeStaticString("\"")
        body.writeRevisedPrompt(of: picture)
        body.writeString(#","seed":\#(picture.seed)"#)
        if let seed = picture.variationSeed { body.writeString(#","variation_seed":\#(seed)"#) }
        body.writeDrawnSize(of: picture)
        body.writeStaticString("}")
    }

    consuming func response() -> Response {
        body.writeStaticString("]}")
        // The request's stream has been given up to learn of the client's leaving: the connection ends here.
        return Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8", .connection: "close"],
            body: ResponseBody(byteBuffer: body))
    }
}

extension ByteBuffer {
    /// Appends the words that a picture was drawn from, where they are not those that were sent.
    mutating func writeRevisedPrompt(of picture: Picture) {
        guard let drawn = picture.drawnPrompts else { return }
        switch drawn.prompt {
        case .some(let prompt):
            writeStaticString(#","revised_prompt":"#)
            writeJSONString(prompt)
        case .none: break
        }
    }

    /// Appends the size at which the model drew a picture, where it was another.
    mutating func writeDrawnSize(of picture: Picture) {
        let drawn = picture.drawnSize
        guard drawn != ImageSize(width: picture.width, height: picture.height) else { return }
        writeString(#","drawn_size":"\#(drawn.width)x\#(drawn.height)""#)
    }

    /// Appends what answers and events say of pictures: background, format, quality and size.
    mutating func writeImageFacts(_ output: ImageOutput, _ size: ImageSize) {
        let background: Background = output.isTransparent ? .transparent : .opaque
        writeString(
            #""background":"\#(background.rawValue)","output_format":"\#(output.format.rawValue)","#
                + #""quality":"\#(output.quality.reported.rawValue)","size":"\#(size.width)x\#(size.height)""#)
    }
}
