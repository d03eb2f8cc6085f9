internal import NIOCore
internal import NIOHTTP1

/// Passes an HTTP/1 connection's requests on one at a time, and ends the connection with the response that is its last.
///
/// A request behind another one waits here, in the order of the connection, until that is answered. When the answer ends
/// the connection, nothing behind it is looked at: it is read and dropped for as long as a parting takes, since a
/// connection that is closed with bytes unread takes the answer with it.
final class RequestSequence: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request and its response.
    private struct Exchange {
        var version = HTTPVersion.http1_1
        /// Whether it asks for something that is there, and not for work, which is given up when the client has gone.
        var isSafe = false
        /// Whether the connection ends with the response.
        var isLast: Bool
        var isReceived: Bool
        var isAnswered = false
    }

    /// What came behind a request that is not yet answered.
    private enum Waiting {
        case part(HTTPServerRequestPart)
        case failure(HTTPParserError)
        case inputClosed
    }

    private let parting: Duration
    private var current: Exchange?
    private var waiting = CircularBuffer<Waiting>()
    /// Whether no more of the input can be understood.
    private var hasFailed = false
    /// Whether the last response is written.
    private var isOver = false
    private var owesRead = false
    private var alarm: Scheduled<Void>?

    /// Makes the handler of one connection.
    ///
    /// - Parameter parting: How long the client has to go once the last response is sent.
    init(parting: Duration) { self.parting = parting }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        waiting.removeAll()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver, !hasFailed else { return }
        let part = unwrapInboundIn(data)
        if waiting.isEmpty, current?.isReceived != true {
            pass(part, context)
        } else {
            waiting.append(.part(part))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isOver { context.read() } else { context.fireChannelReadComplete() }
    }

    func read(context: ChannelHandlerContext) {
        // Who has sent requests ahead may wait with the rest.
        if waiting.isEmpty || isOver { context.read() } else { owesRead = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isOver { return context.close(promise: nil) }
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard !hasFailed else { return }
        if waiting.isEmpty, current?.isReceived != true {
            fail(error, context)
        } else {
            waiting.append(.failure(error))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        if isOver { return context.close(promise: nil) }
        // A client may send all of its requests and then say that it has no more; any other one has gone.
        if current?.isSafe == true, waiting.contains(where: { if case .part(.end) = $0 { true } else { false } }) {
            waiting.append(.inputClosed)
        } else {
            closeInput(context)
        }
    }

    /// Passes on that the client has gone, or sends no more; what waits is not wanted then.
    private func closeInput(_ context: ChannelHandlerContext) {
        waiting.removeAll()
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    private func pass(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            do throws(HTTPParserError) {
                let head = try head.checked()
                current = Exchange(
                    version: head.version, isSafe: [.GET, .HEAD, .OPTIONS].contains(head.method),
                    isLast: head.endsConnection, isReceived: false)
                context.fireChannelRead(wrapInboundOut(.head(head)))
            } catch {
                fail(error, context)
            }
        case .body: context.fireChannelRead(wrapInboundOut(part))
        case .end:
            current?.isReceived = true
            context.fireChannelRead(wrapInboundOut(part))
            if current?.isAnswered == true { proceed(context) }
        }
    }

    /// Passes on that the client's bytes are no request; what was sent behind them means nothing.
    private func fail(_ error: HTTPParserError, _ context: ChannelHandlerContext) {
        hasFailed = true
        waiting.removeAll()
        current = Exchange(version: current?.version ?? .http1_1, isLast: true, isReceived: true)
        stopReading(context)
        context.fireErrorCaught(error)
    }

    /// Passes on the request that waits, when the one before it has been received and answered.
    private func proceed(_ context: ChannelHandlerContext) {
        current = nil
        while !hasFailed, current?.isReceived != true, let next = waiting.popFirst() {
            switch next {
            case .part(let part): pass(part, context)
            case .failure(let error): fail(error, context)
            case .inputClosed: closeInput(context)
            }
        }
        let isClosed = waiting.contains { if case .inputClosed = $0 { true } else { false } }
        if isClosed, current?.isSafe == false { closeInput(context) }
        context.fireChannelReadComplete()
        if owesRead, waiting.isEmpty {
            owesRead = false
            context.read()
        }
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200:
            // HTTP/1.0 knows no such responses.
            if current?.version != .http1_0 { context.write(data, promise: promise) } else { promise?.succeed() }
        case .head(var head):
            head.version = current?.version ?? .http1_1
            if current?.isLast != false || head.headers.connectionTokens.contains("close") {
                current?.isLast = true
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            current?.isAnswered = true
            guard current?.isLast == false else { return end(context, data, promise) }
            context.write(data, promise: promise)
            if current?.isReceived == true { proceed(context) }
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // The output is closed in any case, when the last response is sent.
        guard mode == .output, isOver else { return context.close(mode: mode, promise: promise) }
        promise?.succeed()
    }

    /// Writes the end of the last response, and lets the client go when it is sent.
    private func end(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        isOver = true
        waiting.removeAll()
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { [parting] _ in
            guard context.channel.isActive else { return }
            context.close(mode: .output, promise: nil)
            self.alarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(parting)) {
                context.close(promise: nil)
            }
        }
        stopReading(context)
        // Behind what that has the connection do first: with its last byte, nothing of what the client sent is left.
        context.eventLoop.assumeIsolated().execute {
            context.writeAndFlush(data, promise: promise)
            context.read()
        }
    }

    /// Has nothing more read, and what has been read of a further request dropped.
    private func stopReading(_ context: ChannelHandlerContext) {
        context.triggerUserOutboundEvent(HTTP1RequestFraming.StopReading(), promise: nil)
    }
}
