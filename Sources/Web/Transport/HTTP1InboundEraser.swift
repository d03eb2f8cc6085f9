internal import NIOCore

/// Hands received bytes to an HTTP/1.1 decoder in copies that die with their request, and erases the originals.
///
/// The decoder keeps a buffer until all of it is decoded. So that nothing of a request is kept with the beginning of the
/// next one, no copy holds bytes of two requests: ``HTTP1RequestFraming`` tells from above the decoder where one ends.
final class HTTP1InboundEraser: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What the next bytes belong to.
    enum Expectation {
        /// A head, which ends with an empty line.
        case head
        /// A body with this many bytes to come.
        case body(Int)
        /// A chunked body: every line, the last included, ends with a line feed.
        case chunks
        /// Nothing that anybody reads: it is dropped.
        case nothing
    }

    /// What the next bytes belong to; set from above the decoder.
    var expectation = Expectation.head {
        didSet { isLineEmpty = true }
    }

    private var isLineEmpty = true

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let received = unwrapInboundIn(data)
        defer { received.eraseSharedBytes() }
        var rest = received
        while rest.readableBytes > 0 {
            if case .nothing = expectation { return }
            let count = nextCount(in: rest.readableBytesView)
            let part = rest.copyOfFirst(count, context.channel.allocator)
            rest.moveReaderIndex(forwardBy: count)
            if case .body(let missing) = expectation { expectation = .body(missing - count) }
            context.fireChannelRead(wrapInboundOut(part))
        }
    }

    /// How many of the bytes belong together.
    private func nextCount(in bytes: ByteBufferView) -> Int {
        switch expectation {
        case .head: headCount(in: bytes)
        case .body(let missing): missing > 0 ? min(missing, bytes.count) : bytes.count
        case .chunks: bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 - bytes.startIndex + 1 } ?? bytes.count
        case .nothing: bytes.count
        }
    }

    /// The bytes up to the first empty line, or all.
    private func headCount(in bytes: ByteBufferView) -> Int {
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                if isLineEmpty { return index - bytes.startIndex + 1 }
                isLineEmpty = true
            case UInt8(ascii: "\r"): break
            default: isLineEmpty = false
            }
        }
        return bytes.count
    }
}
