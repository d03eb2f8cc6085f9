internal import NIOCore
internal import NIOHTTP2

/// Keeps the client's pings from the framework, which ends a connection at the third within half a minute. They are
/// answered below, and floods of them are cut like those of other frames.
final class KeepAlivePings: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ping(_, ack: false) = unwrapInboundIn(data).payload { return }
        context.fireChannelRead(data)
    }
}
