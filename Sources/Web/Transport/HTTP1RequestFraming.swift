internal import NIOCore
internal import NIOHTTP1

/// Tells the ``HTTP1InboundEraser`` below the decoder where a request ends, as the decoder found it, and takes the decoder
/// away when nothing more is to be read.
///
/// A decoder keeps what it could not read, and the part that it has read of a head, for as long as it is there. It is taken
/// away before the response to that is written; what comes then is dropped below it.
final class HTTP1RequestFraming: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Says that nothing more of what the client sends is to be read.
    struct StopReading {}

    private var eraser: HTTP1InboundEraser?
    private var isStopped = false

    func handlerAdded(context: ChannelHandlerContext) {
        eraser = try? context.pipeline.syncOperations.handler(type: HTTP1InboundEraser.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { eraser = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The decoder hands on what it still has while it is taken away.
        guard !isStopped else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): eraser?.expectation = Self.expectation(after: head)
        case .body: break
        case .end: eraser?.expectation = .head
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        guard !isStopped else { return }
        stop(context)
        context.fireErrorCaught(error)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is StopReading else { return context.triggerUserOutboundEvent(event, promise: promise) }
        stop(context)
        promise?.succeed()
    }

    private func stop(_ context: ChannelHandlerContext) {
        guard !isStopped else { return }
        isStopped = true
        eraser?.expectation = .nothing
        let pipeline = context.pipeline.syncOperations
        guard let decoder = try? pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self) else {
            return
        }
        pipeline.removeHandler(context: decoder, promise: nil)
    }

    private static func expectation(after head: HTTPRequestHead) -> HTTP1InboundEraser.Expectation {
        if head.headers.contains(name: "Transfer-Encoding") { return .chunks }
        guard let length = head.headers.first(name: "Content-Length") else { return .head }
        // A length that cannot be read belongs to a request that the decoder refuses.
        return Int(length).map { $0 > 0 ? .body($0) : .head } ?? .chunks
    }
}
