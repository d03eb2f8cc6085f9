internal import NIOCore
internal import NIOHTTP1

/// Tells the ``HTTP1InboundEraser`` below the decoder where a request ends, as the decoder found it.
final class HTTP1RequestFraming: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

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

    private static func expectation(after head: HTTPRequestHead) -> HTTP1InboundEraser.Expectation {
        if head.headers.contains(name: "Transfer-Encoding") { return .chunks }
        guard let length = head.headers.first(name: "Content-Length") else { return .head }
        // A length that cannot be read belongs to a request that the decoder refuses.
        return Int(length).map { $0 > 0 ? .body($0) : .head } ?? .chunks
    }
}
