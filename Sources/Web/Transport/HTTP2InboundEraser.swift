internal import NIOCore

/// Hands received bytes to an HTTP/2 connection frame by frame, erases the originals, and sees to it that nothing of
/// them stays in the connection's memory.
///
/// The connection copies each frame into a buffer that it keeps for the next one. So whatever was received is followed by
/// as many zeros, in frames of a type that every peer ignores. It also remembers fields of requests, unless they are
/// written such that it does not: see ``HTTP2HeaderBlocks``.
final class HTTP2InboundEraser: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a client may take to say that it has read the settings.
    private let patience: Duration
    private var alarm: Scheduled<Void>?
    /// Whether the client has said so, since when no field of a request is remembered.
    private var hasForgotten = false
    /// What waits for that, and until when.
    private var waiting: [ObjectIdentifier: () -> Void] = [:]
    private var waitingAlarm: Scheduled<Void>?
    private var hasWaited = false

    /// How long responses wait for that. Clients say it at once, though it may have a long way to go.
    private static let waitingTime = TimeAmount.seconds(1)

    /// Bytes that are no whole frame yet.
    private var pending = ByteBuffer()
    private var isPrefaceRead = false
    /// Whether the client has broken the rules such that frames cannot be told apart; the connection will say so.
    private var isBroken = false
    private var hasSentSettings = false
    private var blocks: HTTP2HeaderBlocks?
    /// The frames of a header block that is not complete, and how many there are.
    private var openBlock: (frames: ByteBuffer, fields: ByteBuffer, header: HTTP2FrameHeader, count: Int)?
    /// The most bytes that lie in the connection's buffer.
    private var occupied = 0

    /// The most frames that a header block may be spread over.
    private static let maximumFrames = 6

    /// Makes the handler of one connection.
    ///
    /// - Parameter patience: How long a client may take to say that it has read the settings.
    init(patience: Duration) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) {
        blocks = HTTP2HeaderBlocks(context.channel.allocator)
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        waitingAlarm?.cancel()
        blocks = nil
        openBlock = nil
        waiting = [:]
    }

    /// Whether the response of a stream may end, because the fields of all requests are forgotten; else `body` is called
    /// as soon as they are, or when that takes too long.
    func mayEnd(for owner: AnyObject, on eventLoop: any EventLoop, _ body: @escaping () -> Void) -> Bool {
        guard !hasForgotten, !hasWaited else { return true }
        waiting[ObjectIdentifier(owner)] = body
        waitingAlarm =
            waitingAlarm
            ?? eventLoop.assumeIsolated().scheduleTask(in: Self.waitingTime) {
                self.hasWaited = true
                self.callWaiting()
            }
        return false
    }

    /// Calls nothing for an owner any more.
    func stopWaiting(_ owner: AnyObject) { waiting[ObjectIdentifier(owner)] = nil }

    /// The client has said that it has read the settings.
    private func forget() {
        alarm?.cancel()
        blocks?.forget()
        hasForgotten = true
        waitingAlarm?.cancel()
        callWaiting()
    }

    private func callWaiting() {
        let waiting = waiting.values
        self.waiting = [:]
        for body in waiting { body() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let received = unwrapInboundIn(data)
        pending.writeBytes(received.readableBytesView)
        received.eraseSharedBytes()
        while let count = nextCount() {
            let part = pending.copyOfFirst(count, context.channel.allocator)
            pending.moveReaderIndex(forwardBy: count)
            handle(part, context)
        }
        // In memory of its own, so that what has been handled is freed.
        pending = pending.copyOfFirst(pending.readableBytes, context.channel.allocator)
        overwrite(context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasSentSettings else { return context.write(data, promise: promise) }
        hasSentSettings = true
        context.write(wrapOutboundOut(Self.forbiddingMemory(unwrapOutboundIn(data))), promise: promise)
    }

    /// How many of the pending bytes belong together; nil when more have to come.
    private func nextCount() -> Int? {
        let available = pending.readableBytes
        guard !isBroken else { return available > 0 ? available : nil }
        guard isPrefaceRead else { return available >= 24 ? 24 : nil }
        guard let header = pending.frameHeader() else { return nil }
        if header.length > HTTP2FrameHeader.maximumLength {
            isBroken = true
            return available
        }
        let count = HTTP2FrameHeader.size + header.length
        return available >= count ? count : nil
    }

    /// Takes the client's preface or a frame.
    private func handle(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        guard isPrefaceRead, !isBroken, let header = part.frameHeader() else {
            isPrefaceRead = true
            return deliver(part, context)
        }
        switch header.kind {
        case HTTP2FrameHeader.Kind.settings where header.has(HTTP2FrameHeader.Flags.acknowledgement):
            deliver(part, context)
            forget()
        case HTTP2FrameHeader.Kind.headers where openBlock == nil: begin(part, header, context)
        case HTTP2FrameHeader.Kind.continuation where openBlock?.header.stream == header.stream:
            goOn(part, header, context)
        default:
            // Within a header block nothing else may come; the connection will say so.
            if openBlock != nil { giveUp(context) }
            deliver(part, context)
        }
    }

    /// Takes a header block's first frame.
    private func begin(_ frame: ByteBuffer, _ header: HTTP2FrameHeader, _ context: ChannelHandlerContext) {
        var payload = frame
        payload.moveReaderIndex(forwardBy: HTTP2FrameHeader.size)
        if header.has(HTTP2FrameHeader.Flags.padded) {
            // What is padded with more than there is, the connection refuses.
            guard let padding = payload.readInteger(as: UInt8.self), padding <= payload.readableBytes else {
                return deliver(frame, context)
            }
            payload.moveWriterIndex(to: payload.writerIndex - Int(padding))
        }
        openBlock = (frame, payload, header, 1)
        finishBlock(header, context)
    }

    /// Takes a further frame of a header block.
    private func goOn(_ frame: ByteBuffer, _ header: HTTP2FrameHeader, _ context: ChannelHandlerContext) {
        guard var block = openBlock.take() else { return }
        var payload = frame
        payload.moveReaderIndex(forwardBy: HTTP2FrameHeader.size)
        block.frames.writeImmutableBuffer(frame)
        block.fields.writeBuffer(&payload)
        block.count += 1
        openBlock = block
        guard block.count <= Self.maximumFrames, block.fields.readableBytes <= HTTP2FrameHeader.maximumLength else {
            return giveUp(context)
        }
        finishBlock(header, context)
    }

    /// Hands a header block on in one frame when its last one has come.
    private func finishBlock(_ last: HTTP2FrameHeader, _ context: ChannelHandlerContext) {
        guard last.has(HTTP2FrameHeader.Flags.endHeaders), let block = openBlock.take() else { return }
        var fields = block.fields
        var priority = ByteBuffer()
        if block.header.has(HTTP2FrameHeader.Flags.priority), let bytes = fields.readSlice(length: 5) {
            priority = bytes
        }
        let full = blocks?.inFull(fields) ?? HTTP2HeaderBlocks.unreadable
        var header = block.header
        header.length = priority.readableBytes + full.readableBytes
        header.flags = header.flags & ~HTTP2FrameHeader.Flags.padded | HTTP2FrameHeader.Flags.endHeaders
        var frame = context.channel.allocator.buffer(capacity: HTTP2FrameHeader.size + header.length)
        frame.writeFrameHeader(header)
        frame.writeImmutableBuffer(priority)
        frame.writeImmutableBuffer(full)
        deliver(frame, context)
    }

    /// Hands on what has come of a header block as it is; the connection will say what is wrong with it.
    private func giveUp(_ context: ChannelHandlerContext) {
        guard let block = openBlock.take() else { return }
        isBroken = true
        deliver(block.frames, context)
    }

    private func deliver(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        occupied = max(occupied, part.readableBytes)
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Has the connection write zeros over everything that lies in its buffer.
    private func overwrite(_ context: ChannelHandlerContext) {
        guard occupied > 0, isPrefaceRead, !isBroken else { return }
        var zeros = context.channel.allocator.buffer(capacity: occupied + 2 * HTTP2FrameHeader.size)
        while zeros.readableBytes < occupied {
            let length = min(occupied - zeros.readableBytes, HTTP2FrameHeader.maximumLength)
            zeros.writeFrameHeader(HTTP2FrameHeader(length: length, kind: HTTP2FrameHeader.Kind.unassigned))
            zeros.writeRepeatingByte(0, count: length)
        }
        occupied = 0
        context.fireChannelRead(wrapInboundOut(zeros))
    }

    /// The server's settings, with one more: that the client must have it remember no fields.
    private static func forbiddingMemory(_ settings: ByteBuffer) -> ByteBuffer {
        guard var header = settings.frameHeader(), header.kind == HTTP2FrameHeader.Kind.settings, header.flags == 0,
            settings.readableBytes >= HTTP2FrameHeader.size + header.length
        else { return settings }
        var rest = settings
        rest.moveReaderIndex(forwardBy: HTTP2FrameHeader.size)
        header.length += 6
        var result = ByteBuffer()
        result.writeFrameHeader(header)
        // SETTINGS_HEADER_TABLE_SIZE (RFC 9113, 6.5.2).
        result.writeMultipleIntegers(1 as UInt16, 0 as UInt32)
        result.writeImmutableBuffer(rest)
        return result
    }
}
