internal import NIOCore

/// Closes a connection's output first and reads on for a moment: closed with bytes unread, a connection takes with it
/// what was last said on it.
final class LingeringClose: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let patience: Duration
    private var isClosing = false
    private var alarm: Scheduled<Void>?

    /// Makes the handler of one connection.
    ///
    /// - Parameter patience: How long to wait for the client to go.
    init(patience: Duration) { self.patience = patience }

    func handlerRemoved(context: ChannelHandlerContext) { alarm?.cancel() }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else { return context.close(mode: mode, promise: promise) }
        context.channel.closeFuture.cascade(to: promise)
        guard !isClosing else { return }
        isClosing = true
        context.close(mode: .output, promise: nil)
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) {
            context.close(promise: nil)
        }
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isClosing { promise?.fail(ChannelError.outputClosed) } else { context.write(data, promise: promise) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isClosing { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isClosing { context.read() } else { context.fireChannelReadComplete() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard isClosing else { return context.fireUserInboundEventTriggered(event) }
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isClosing { context.close(promise: nil) } else { context.fireErrorCaught(error) }
    }
}
