internal import Imaging
internal import NIOCore
internal import Studio

/// The lines of server-sent events.
enum EventText {
    static var done: ByteBuffer { event("done") { $0.writeStaticString("{}") } }

    static func error(_ error: WebError) -> ByteBuffer {
        event("error") { $0.writeImmutableBuffer(error.problemBody) }
    }

    static func encode(_ event: GenerationEvent, _ presentation: Presentation) throws(ImageError) -> ByteBuffer {
        switch event {
        case .queued(let position, _):
            return self.event("queued") { $0.writeString(#"{"position":\#(position)}"#) }
        case .started:
            return self.event("started") { $0.writeStaticString("{}") }
        case .step(let completed, let total, _):
            return self.event("step") { $0.writeString(#"{"completed":\#(completed),"total":\#(total)}"#) }
        case .preview:
            return ByteBuffer()
        case .picture(let picture):
            let bytes = try picture.encoded(as: presentation.format, quality: presentation.compression) ?? []
            return self.event("picture") {
                $0.writeString(
                    #"{"index":\#(picture.index),"seed":\#(picture.seed),"width":\#(picture.width),"#
                        + #""height":\#(picture.height),"format":"\#(presentation.format.rawValue)","b64":""#)
                $0.writeBase64(bytes)
                $0.writeStaticString(#""}"#)
            }
        }
    }

    private static func event(_ name: StaticString, data: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeStaticString("event: ")
        buffer.writeStaticString(name)
        buffer.writeStaticString("\ndata: ")
        data(&buffer)
        buffer.writeStaticString("\n\n")
        return buffer
    }
}
