internal import Imaging
internal import NIOCore
internal import Studio

/// The lines of server-sent events (WHATWG HTML, 9.2).
enum EventText {
    /// A comment, which readers skip.
    static var comment: ByteBuffer { ByteBuffer(staticString: ": \n\n") }

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
                    + #""width":\#(picture.width),"height":\#(picture.height),"format":"\#(format.rawValue)","b64":""#)
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
    fileprivate mutating func writeSeconds(_ seconds: Double?) {
        guard let seconds, seconds.isFinite else { return }
        writeString(#","seconds":\#(tenths(max(0, seconds)))"#)
    }
}

/// A number to one decimal place.
func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }
