internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes

/// Begins an HTTP/1.1 connection, and follows each answer, with a request that says nothing and is answered to nobody.
///
/// The framework's loop over a connection's requests keeps the first one as long as the connection lives, and each other
/// one until the next has come: its address, its fields, where it came from. With blank ones in their place, nothing is
/// kept.
final class HTTP1BlankRequests: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Whether a request is blank: every request that a client sends has a path.
    static func isBlank(_ request: HTTPRequest) -> Bool { request.path == nil }

    /// For each request that has not been answered, whether it is blank.
    private var unanswered = CircularBuffer<Bool>(initialCapacity: 4)
    /// Whether a request is not complete: it may be answered before.
    private var isReading = false
    /// Whether the answer under way is the connection's last.
    private var isLast = false
    private var isFirst = true

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if case .head = part {
            if isFirst { sendBlank(context) }
            isFirst = false
            unanswered.append(false)
            isReading = true
        }
        context.fireChannelRead(data)
        guard case .end = part, isReading else { return }
        isReading = false
        if unanswered.isEmpty { sendBlank(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        let isBlank = unanswered.first ?? false
        if case .end = part { _ = unanswered.popFirst() }
        guard !isBlank else {
            promise?.succeed()
            return
        }
        context.write(data, promise: promise)
        switch part {
        case .head(let head): isLast = head.headerFields.endsConnection
        case .body: break
        case .end:
            if isLast, isReading {
                // Nobody reads what is still to come of the request.
                isReading = false
                context.fireChannelRead(wrapInboundOut(.end(nil)))
            }
            if unanswered.isEmpty, !isReading { sendBlank(context) }
        }
    }

    private func sendBlank(_ context: ChannelHandlerContext) {
        unanswered.append(true)
        let request = HTTPRequest(method: .get, scheme: nil, authority: nil, path: nil)
        context.fireChannelRead(wrapInboundOut(.head(request)))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        // The framework's end of the channel takes nothing up before.
        context.fireChannelReadComplete()
    }
}

/// Answers blank requests with nothing, and each other one in a task of its own.
///
/// A task keeps what its functions have had in variables, a seed for example, in memory that it uses again until it
/// ends. The connection's own task ends with the connection; this one ends, and its memory is erased, with the answer.
func inTaskOfItsOwn(_ responder: @escaping HTTPChannelHandler.Responder) -> HTTPChannelHandler.Responder {
    { request, writer, channel in
        guard !HTTP1BlankRequests.isBlank(request.head) else {
            // Where the last answer has been sent nothing can be written any more; the client still has time to go.
            try? await writer.writeResponse(HTTPResponse(status: .ok))
            return
        }
        let parcel = Parcel(WriterBox(writer: writer))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let box = parcel.take() else { return }
                try await responder(request, box.takeWriter(), channel)
            }
            try await group.waitForAll()
        }
    }
}

/// A writer on its way to the task that uses it.
///
/// It is safe to send: all that it holds is a NIO writer, which any task may use, and only one task has it at a time.
private struct WriterBox: ~Copyable, @unchecked Sendable {
    let writer: ResponseWriter

    consuming func takeWriter() -> ResponseWriter { writer }
}
