internal import Imaging
internal import NIOCore
internal import Studio

/// The lines of server-sent events (WHATWG HTML, 9.2).
enum EventText {
    /// The end: how many pictures were made, and in what time.
    static func done(images: Int, after duration: Duration) -> ByteBuffer {
        event("done") { $0.writeString(#"{"images":\#(images),"seconds":\#(tenths(duration / .seconds(1)))}"#) }
    }

    /// The end without all pictures, as problem details.
    static func error(_ error: WebError) -> ByteBuffer {
        event("error") { $0.writeImmutableBuffer(error.problemBody) }
    }

    static func queued(position: Int, seconds: Double?) -> ByteBuffer {
        event("queued") { data in
            data.writeString(#"{"position":\#(position)"#)
            data.writeSeconds(seconds)
            data.writeStaticString("}")
        }
    }

    static func progress(completed: Int, total: Int, seconds: Double?) -> ByteBuffer {
        event("progress") { data in
            data.writeString(#"{"completed":\#(completed),"total":\#(total)"#)
            data.writeSeconds(seconds)
            data.writeStaticString("}")
        }
    }

    static func preview(_ index: Int, _ format: ImageFormat, _ bytes: [UInt8]) -> ByteBuffer {
        event("preview") { data in
            data.writeString(#"{"index":\#(index),"format":"\#(format.rawValue)","b64":""#)
            data.writeBase64(bytes)
            data.writeStaticString(#""}"#)
        }
    }

    static func image(_ picture: Picture, _ format: ImageFormat, _ bytes: [UInt8]) -> ByteBuffer {
        event("image") { data in
            data.writeString(
                #"{"index":\#(picture.index),"seed":\#(picture.seed),"#
                    + (picture.variationSeed.map { #""variation_seed":\#($0),"# } ?? "")
                    + #""width":\#(picture.width),"height":\#(picture.height),"#)
            let drawn = picture.drawnSize
            if drawn != ImageSize(width: picture.width, height: picture.height) {
                data.writeString(#""drawn":{"width":\#(drawn.width),"height":\#(drawn.height)},"#)
            }
            data.writeString(#""format":"\#(format.rawValue)""#)
            if let drawn = picture.drawnPrompts { data.writeMembers(of: drawn) }
            data.writeStaticString(#","b64":""#)
            data.writeBase64(bytes)
            data.writeStaticString(#""}"#)
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

extension ByteBuffer {
    /// Appends the words that a picture was drawn from, as far as they are not those that were sent.
    fileprivate mutating func writeMembers(of drawn: DrawnPrompts) {
        switch drawn.prompt {
        case .some(let prompt):
            writeStaticString(#","expanded_prompt":"#)
            writeJSONString(prompt)
        case .none: break
        }
        switch drawn.negativePrompt {
        case .some(let prompt):
            writeStaticString(#","expanded_negative_prompt":"#)
            writeJSONString(prompt)
        case .none: break
        }
    }

    fileprivate mutating func writeSeconds(_ seconds: Double?) {
        guard let seconds, seconds.isFinite else { return }
        writeString(#","seconds":\#(tenths(max(0, seconds)))"#)
    }
}

/// A number to one decimal place.
func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }
