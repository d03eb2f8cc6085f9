internal import NIOCore
internal import NIOHTTP2
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP2

/// Lets a connection, or a stream of HTTP/2, close only when all that was written to it is sent.
///
/// The framework closes a stream as soon as it has written the response. What the client's window has no room for is
/// dropped then, and the client gets RST_STREAM instead. How long a client may take is the deadlines' business, whose
/// closing does not come past here.
final class CloseAfterDelivery: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let isStream: Bool
    private var unsent = 0
    private var isComplete = false
    private var closing: EventLoopPromise<Void>?

    /// Makes the handler of a connection, or of one of an HTTP/2 connection's streams.
    init(isStream: Bool) { self.isStream = isStream }

    func handlerRemoved(context: ChannelHandlerContext) {
        closing?.succeed()
        closing = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { isComplete = true }
        unsent += 1
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { _ in self.send(context) }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else { return context.close(mode: mode, promise: promise) }
        guard unsent > 0 else { return close(context, promise) }
        guard let closing else { return self.closing = promise ?? context.eventLoop.makePromise() }
        closing.futureResult.cascade(to: promise)
    }

    /// One more of the writes is done.
    private func send(_ context: ChannelHandlerContext) {
        unsent -= 1
        guard unsent == 0, let promise = closing else { return }
        closing = nil
        close(context, promise)
    }

    private func close(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        if isStream, isComplete, context.channel.isActive {
            // Whoever still sends a body may stop (RFC 9113, 8.1); without a body, both ends have closed it already.
            context.triggerUserOutboundEvent(NIOHTTP2FramePayloadToHTTPEvent.reset(code: .noError), promise: nil)
        }
        context.close(promise: promise)
    }
}
