internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Leaves the body out of every response to a HEAD request, whoever made it, and keeps its fields.
final class HeadResponses: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var isHead = false
    /// The response's head, which waits for the length of the body that is left out.
    private var held: (head: HTTPResponse, promise: EventLoopPromise<Void>?)?
    private var bodyBytes = 0

    func handlerRemoved(context: ChannelHandlerContext) {
        held?.promise?.fail(ChannelError.ioOnClosedChannel)
        held = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { isHead = head.method == .head }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isHead else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            guard head.status.kind != .informational else { return context.write(data, promise: promise) }
            held = (head, promise)
            bodyBytes = 0
        case .body(let body):
            bodyBytes += body.readableBytes
            promise?.succeed()
        case .end:
            isHead = false
            if let (response, promise) = held {
                held = nil
                var head = response
                if head.headerFields[.contentLength] == nil, head.status != .noContent, head.status != .notModified {
                    head.headerFields[.contentLength] = "\(bodyBytes)"
                }
                context.write(wrapOutboundOut(.head(head)), promise: promise)
            }
            context.write(wrapOutboundOut(.end(nil)), promise: promise)
        }
    }
}
