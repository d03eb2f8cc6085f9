internal import HTTPTypes
internal import NIOCore

/// Turns a connection away for which there is no room: with words where the client can read them without TLS.
final class Refusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let text: String?
    private let patience: Duration
    private var alarm: Scheduled<Void>?

    /// Says why, with these fields; says nothing when they are nil.
    init(saying fields: HTTPFields?, patience: Duration) {
        self.patience = patience
        text = fields.map { fields in
            let lines = fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
            return "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 10\r\n"
                + lines + "\r\n"
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let text else { return context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        // Closed at once, the connection would take the words with it when the client has sent something.
        context.close(mode: .output, promise: nil)
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) {
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelInactive(context: ChannelHandlerContext) { alarm?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }
}
