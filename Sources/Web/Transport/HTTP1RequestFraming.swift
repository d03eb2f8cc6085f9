internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Tells the ``HTTP1InboundEraser`` below the decoder where a request ends, as the decoder found it.
final class HTTP1RequestFraming: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var eraser: HTTP1InboundEraser?

    func handlerAdded(context: ChannelHandlerContext) {
        eraser = try? context.pipeline.syncOperations.handler(type: HTTP1InboundEraser.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { eraser = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): eraser?.expectation = Self.expectation(after: head)
        case .body: break
        case .end: eraser?.expectation = .head
        }
        context.fireChannelRead(data)
    }

    private static func expectation(after head: HTTPRequest) -> HTTP1InboundEraser.Expectation {
        if head.headerFields[.transferEncoding] != nil { return .chunks }
        guard let length = head.headerFields[.contentLength] else { return .head }
        // A length that cannot be read belongs to a request that the decoder refuses.
        return Int(length).map { $0 > 0 ? .body($0) : .head } ?? .chunks
    }
}
