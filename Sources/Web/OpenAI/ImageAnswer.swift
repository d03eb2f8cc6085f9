internal import Hummingbird
internal import Imaging
internal import NIOCore
internal import Studio

/// The body of an answer with pictures, written as it grows.
struct ImageAnswer {
    private var body = ByteBuffer()
    private var count = 0
    private let output: ImageOutput

    init(_ output: ImageOutput, settings: GenerationSettings) {
        self.output = output
        body.writeString(#"{"created":\#(unixTime()),"#)
        body.writeImageFacts(output, width: settings.width, height: settings.height)
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
        body.writeString(#"","seed":\#(picture.seed)"#)
        if let seed = picture.variationSeed { body.writeString(#","variation_seed":\#(seed)"#) }
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
    /// Appends what answers and events say of pictures: background, format, quality and size.
    mutating func writeImageFacts(_ output: ImageOutput, width: Int, height: Int) {
        writeString(
            #""background":"opaque","output_format":"\#(output.format.rawValue)","#
                + #""quality":"\#(output.quality.reported.rawValue)","size":"\#(width)x\#(height)""#)
    }
}
