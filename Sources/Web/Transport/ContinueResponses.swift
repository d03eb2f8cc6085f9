internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Tells clients that ask before they send a body (RFC 9110, section 10.1.1) that they may.
///
/// A body that announces to be larger than any is not asked for; it is refused as soon as its head is looked at.
final class ContinueResponses: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        guard case .head(let head) = unwrapInboundIn(data), head.headerFields[.expect]?.lowercased() == "100-continue",
            head.headerFields[.contentLength].flatMap({ Int($0) }) ?? 1 <= maximumPictureBodyBytes
        else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
}
