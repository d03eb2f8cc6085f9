internal import NIOCore

/// Ends an HTTP/2 connection on which more frames come than a budget allows, with GOAWAY and ENHANCE_YOUR_CALM.
///
/// It sits below the protocol's handler, which takes window updates and frames of unknown types without counting them.
final class FrameFloods: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private static let preface = 24

    private var received = FrameReader(skipping: preface)
    private var sent = FrameReader()
    private var budget = FrameBudget(now: .now())
    private var lastStream: UInt32 = 0
    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        let now = context.eventLoop.now
        received.read(unwrapInboundIn(data).readableBytesView) { frame in
            budget.receive(frame, now: now)
            if frame.kind == HTTP2FrameHeader.Kind.headers { lastStream = max(lastStream, frame.stream) }
        }
        if budget.isExceeded { end(context) } else { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        if case .byteBuffer(let bytes) = unwrapOutboundIn(data) {
            sent.read(bytes.readableBytesView) { budget.send($0) }
        }
        context.write(data, promise: promise)
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        var frame = context.channel.allocator.buffer(capacity: 17)
        frame.writeFrameHeader(HTTP2FrameHeader(length: 8, kind: HTTP2FrameHeader.Kind.goAway))
        // The last stream that was looked at, and ENHANCE_YOUR_CALM (RFC 9113, section 7).
        frame.writeMultipleIntegers(lastStream, 11 as UInt32)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(frame)), promise: nil)
        context.close(promise: nil)
    }
}
