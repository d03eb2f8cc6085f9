internal import NIOCore
internal import NIOHTTP2
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP2

/// Ends connections, and streams of HTTP/2, whose client is late.
final class RequestDeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private let isStream: Bool
    private var deadlines: RequestDeadlines?
    private var alarm: (time: NIODeadline, task: Scheduled<Void>)?

    init(limits: ConnectionLimits, isStream: Bool) {
        self.limits = limits
        self.isStream = isStream
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadlines = RequestDeadlines(limits: limits, isStream: isStream, now: context.eventLoop.now)
        setAlarm(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.task.cancel()
        alarm = nil
        deadlines = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        deadlines?.receive(part, now: context.eventLoop.now)
        setAlarm(context)
        // The client may not read the answer before it has sent all; what it sends is taken from it, and not kept.
        if case .body = part, deadlines?.dropsBody == true { return }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        deadlines?.send(part, now: context.eventLoop.now)
        setAlarm(context)
        guard case .body(var bytes) = part else { return context.write(data, promise: promise) }
        // Of a piece as large as a picture nobody could say whether the client takes any of it.
        while bytes.readableBytes > limits.pieceBytes, let piece = bytes.readSlice(length: limits.pieceBytes) {
            write(piece, context, nil)
        }
        write(bytes, context, promise)
    }

    /// Writes a piece of an answer, and notes when it is on its way.
    private func write(_ piece: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        let count = piece.readableBytes
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.deadlines?.deliver(count, now: context.eventLoop.now)
        }
        context.write(wrapOutboundOut(.body(piece)), promise: promise)
    }

    /// A body that has to give way is refused as one that comes too slowly is.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let refusal = event as? BodyBudget.Refusal else { return context.fireUserInboundEventTriggered(event) }
        deadlines?.fail(now: context.eventLoop.now)
        setAlarm(context)
        context.fireErrorCaught(refusal)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        deadlines?.fail(now: context.eventLoop.now)
        setAlarm(context)
        context.fireErrorCaught(error)
    }

    /// Sees to it that the alarm rings no later than the deadline. Deadlines mostly move away, so it may ring early.
    private func setAlarm(_ context: ChannelHandlerContext) {
        guard let time = deadlines?.deadline else { return }
        if let alarm, alarm.time <= time { return }
        alarm?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.ring(context) }
        alarm = (time, task)
    }

    private func ring(_ context: ChannelHandlerContext) {
        alarm = nil
        switch deadlines?.verdict(now: context.eventLoop.now) {
        case .wait, nil: setAlarm(context)
        case .close:
            if isStream, deadlines?.isAnswered == true {
                // The client may stop sending; what it was told stays right (RFC 9113, section 8.1).
                context.triggerUserOutboundEvent(NIOHTTP2FramePayloadToHTTPEvent.reset(code: .noError), promise: nil)
            }
            context.close(promise: nil)
        case .refuse:
            setAlarm(context)
            context.fireErrorCaught(SlowBody())
        }
    }
}

/// A body that comes more slowly than the limits allow.
struct SlowBody: Error {}
