internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes

/// Hands each request to the task that answers it, past the framework, and lets the response end when nothing of the
/// request is left.
///
/// The framework keeps a request's head for as long as its connection or stream lives, or until the next head has come,
/// and the latest part of a body until the next one. It is given a blank head, and the task takes the real one from here.
/// When the task is over, the framework is seen to have let go of the body, too: on a connection, a blank request behind
/// the real one must have come to its task; a stream must have been closed. Until then the response's end waits, or all of
/// a response whose length is known, which would end with its last byte.
final class RequestHandover: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Says that the task of the latest request is over.
    struct TaskIsOver: Sendable {}

    private enum State {
        /// No request is with the framework.
        case idle
        /// A task answers the request.
        case answering
        /// The task is over, and the framework lets go of the request.
        case clearing
    }

    private let answers: AnswersInProgress
    private let isStream: Bool
    private var state = State.idle
    private var head: HTTPRequest?
    private var isHead = false
    /// Whether parts of a request are still to come, and whether anybody reads them.
    private var isReading = false, isDropping = false
    /// Whether what the client sent cannot be read, which the framework answers.
    private var hasFailed = false
    /// The response, as long as it is not sent.
    private var answer: AnswersInProgress.Answer?
    /// What waits of the response, and whether all of it does.
    private var held: [(part: HTTPResponsePart, promise: EventLoopPromise<Void>?)] = []
    private var holdsAll = false
    /// How the connection or stream is to be closed behind the response.
    private var closing: [(mode: CloseMode, promise: EventLoopPromise<Void>?)] = []
    /// What says when the HTTP/2 connection remembers none of the request's fields.
    private var eraser: HTTP2InboundEraser?

    /// Makes the handler of a connection, or of one of an HTTP/2 connection's streams.
    init(_ answers: AnswersInProgress, isStream: Bool) {
        self.answers = answers
        self.isStream = isStream
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard isStream, let pipeline = context.channel.parent?.pipeline.syncOperations else { return }
        eraser = try? pipeline.handler(type: HTTP2InboundEraser.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        eraser?.stopWaiting(self)
        eraser = nil
        head = nil
        answer = nil
        for (_, promise) in held { promise?.fail(ChannelError.ioOnClosedChannel) }
        held = []
        for (_, promise) in closing { promise?.succeed() }
        closing = []
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            (isHead, isReading, isDropping) = (head.method == .head, true, false)
            state = .answering
            answer = answers.add()
            context.fireChannelRead(wrapInboundOut(.head(Self.blank)))
        case .body:
            if !isDropping { context.fireChannelRead(data) }
        case .end:
            isReading = false
            if !isDropping { context.fireChannelRead(data) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hasFailed = true
        context.fireErrorCaught(error)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is TaskIsOver else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        head = nil
        switch state {
        case .answering where hasFailed: finish(context)
        case .answering: clear(context)
        case .clearing, .idle: break
        }
    }

    /// Has the framework let go of the request.
    private func clear(_ context: ChannelHandlerContext) {
        state = .clearing
        isDropping = true
        guard !isStream else {
            // The framework closes the stream when it has read all, which it knows by this alone.
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            return
        }
        if isReading { context.fireChannelRead(wrapInboundOut(.end(nil))) }
        context.fireChannelRead(wrapInboundOut(.head(Self.blank)))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        // The framework's end of the channel takes nothing up before.
        context.fireChannelReadComplete()
    }

    private static let blank = HTTPRequest(method: .get, scheme: nil, authority: nil, path: nil)

    /// Takes the request that came last; nil where it is a blank one.
    fileprivate static func takeHead(from channel: any Channel) async throws -> HTTPRequest? {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: RequestHandover.self).head.take()
        }.get()
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        switch state {
        case .idle:
            context.write(data, promise: promise)
        case .answering:
            if case .head(let head) = part, head.status.kind != .informational {
                holdsAll =
                    isHead || head.headerFields[.contentLength] != nil || head.status == .noContent
                    || head.status == .notModified
            }
            if case .end = part { holdsAll = true }
            guard holdsAll else { return context.write(data, promise: promise) }
            held.append((part, promise))
        case .clearing:
            // The blank request's response, for nobody.
            promise?.succeed()
            if case .end = part { finish(context) }
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard state != .idle || !held.isEmpty, mode != .input else {
            return context.close(mode: mode, promise: promise)
        }
        closing.append((mode, promise))
        // When the framework closes, it has let go of everything; while a task answers, it closes behind the response.
        if case .clearing = state { finish(context) }
    }

    /// Writes what waits, and closes behind it, when it need not wait any more.
    private func finish(_ context: ChannelHandlerContext) {
        state = .idle
        holdsAll = false
        if let eraser, !held.isEmpty {
            let mayEnd = eraser.mayEnd(for: self, on: context.eventLoop) { [weak self] in
                self?.eraser = nil
                self?.finish(context)
            }
            guard mayEnd else { return }
        }
        var parts = held
        let closing = closing
        (held, self.closing) = ([], [])
        if let answer = self.answer.take(), let last = parts.indices.last {
            let promise = parts[last].promise ?? context.eventLoop.makePromise()
            parts[last].promise = promise
            promise.futureResult.whenComplete { _ in withExtendedLifetime(answer) {} }
        }
        for (part, promise) in parts { context.write(wrapOutboundOut(part), promise: promise) }
        if !parts.isEmpty { context.flush() }
        for (mode, promise) in closing { context.close(mode: mode, promise: promise) }
    }
}

/// Answers each request in a task of its own, and blank ones with nothing.
///
/// A task keeps what its functions have had in variables, a seed for example, in memory that it uses again until it
/// ends. The framework's tasks end with their connections and streams; this one ends, and its memory is erased, before
/// the response does.
func inTaskOfItsOwn(_ responder: @escaping HTTPChannelHandler.Responder) -> HTTPChannelHandler.Responder {
    { request, writer, channel in
        let body = request.body
        let parcel = Parcel(WriterBox(writer: writer))
        var isBlank = false
        defer {
            if !isBlank { channel.triggerUserOutboundEvent(RequestHandover.TaskIsOver(), promise: nil) }
        }
        isBlank = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                guard let box = parcel.take() else { return true }
                guard let head = try await RequestHandover.takeHead(from: channel) else {
                    // Where the last response has been sent nothing can be written any more.
                    try? await box.takeWriter().writeResponse(HTTPResponse(status: .ok))
                    return true
                }
                try await responder(Request(head: head, body: body), box.takeWriter(), channel)
                return false
            }
            return try await group.next() ?? true
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
