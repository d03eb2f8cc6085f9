internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Makes answers that the framework wrote itself, such as that a request is no HTTP, like all others.
final class AnswerFields: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let fields: HTTPFields
    private let isStream: Bool
    private var headWasTooLarge = false

    /// Watches over a connection's answers.
    ///
    /// - Parameters:
    ///   - fields: What every answer carries.
    ///   - isStream: Whether it is a stream of HTTP/2, whose answers say nothing of their connection (RFC 9113, 8.2.2).
    init(_ fields: HTTPFields, isStream: Bool) {
        self.fields = fields
        self.isStream = isStream
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .headerOverflow? = error as? HTTPParserError { headWasTooLarge = true }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.status.kind != .informational else {
            return context.write(data, promise: promise)
        }
        if head.headerFields[.cacheControl] == nil {
            if headWasTooLarge, head.status == .badRequest { head.status = .requestHeaderFieldsTooLarge }
            for field in fields { head.headerFields[field.name] = field.value }
        }
        if isStream { head.headerFields[.connection] = nil }
        // RFC 9110, section 8.6.
        if head.status == .noContent { head.headerFields[.contentLength] = nil }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
