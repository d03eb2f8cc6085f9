import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOTLS

/// A connection in HTTP/2, in TLS, on which each request is a stream.
final class HTTP2Session: HTTPSession {
    /// What has to have come by then: the handshake, an answer.
    private static let patience = TimeAmount.seconds(120)
    /// How much of an answer may come before it is asked for more: all of it, whatever the answer is.
    private static let window = 16 << 20

    private let channel: any Channel
    private let streams: NIOHTTP2Handler.StreamMultiplexer
    private let authority: String

    /// Connects to a server, and waits until it has agreed to speak HTTP/2.
    init(to server: ServerLocation) throws(Unreachable) {
        guard let tls = server.tls else { throw Unreachable() }
        authority = server.authority
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let agreed = loop.makePromise(of: NIOHTTP2Handler.StreamMultiplexer.self)
        let connected = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(30))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(tls.handler(for: server.host, speaking: .http2))
                    let agreement = Agreement(promise: agreed)
                    try pipeline.addHandler(agreement)
                    agreement.streams = try pipeline.configureHTTP2Pipeline(
                        mode: .client, connectionConfiguration: Self.connectionConfiguration,
                        streamConfiguration: Self.streamConfiguration
                    ) { stream in stream.close() }
                }
            }
            .connect(host: server.host, port: server.port)
        connected.cascadeFailure(to: agreed)
        let alarm = loop.scheduleTask(in: Self.patience) { agreed.fail(Unreachable()) }
        defer { alarm.cancel() }
        do {
            channel = try connected.wait()
        } catch {
            throw Unreachable()
        }
        do {
            streams = try agreed.futureResult.wait()
        } catch {
            channel.close(promise: nil)
            throw Unreachable()
        }
    }

    deinit { close() }

    var isOpen: Bool { channel.isActive }

    func ask(_ message: HTTPMessage) -> HTTPAnswer { (try? begin(message).wait()) ?? HTTPAnswer([]) }

    /// Sends a request on a stream of its own, and does not wait for its answer.
    func begin(_ message: HTTPMessage) -> EventLoopFuture<HTTPAnswer> {
        let answer = channel.eventLoop.makePromise(of: HTTPAnswer.self)
        let alarm = channel.eventLoop.scheduleTask(in: Self.patience) { answer.fail(Unreachable()) }
        answer.futureResult.whenComplete { _ in alarm.cancel() }
        let head = head(of: message)
        let body = message.body
        streams.createStreamChannel { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers(
                    HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .https), AnswerHandler(answer))
            }
        }.whenComplete { result in
            switch result {
            case .success(let stream):
                stream.write(HTTPClientRequestPart.head(head), promise: nil)
                if !body.isEmpty {
                    stream.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
                }
                stream.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            case .failure(let error): answer.fail(error)
            }
        }
        return answer.futureResult
    }

    func close() { channel.close(promise: nil) }

    private func head(of message: HTTPMessage) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        for (name, value) in message.fieldPairs(authority: authority) { headers.add(name: name, value: value) }
        return HTTPRequestHead(
            version: .http2, method: HTTPMethod(rawValue: message.method), uri: message.path, headers: headers)
    }

    private static var connectionConfiguration: NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings.append(HTTP2Setting(parameter: .initialWindowSize, value: window))
        return configuration
    }

    private static var streamConfiguration: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.targetWindowSize = window
        return configuration
    }
}

/// Waits until the handshake is over and has chosen HTTP/2.
private final class Agreement: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    var streams: NIOHTTP2Handler.StreamMultiplexer?
    private let promise: EventLoopPromise<NIOHTTP2Handler.StreamMultiplexer>

    init(promise: EventLoopPromise<NIOHTTP2Handler.StreamMultiplexer>) { self.promise = promise }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name)? = event as? TLSUserEvent {
            if name == TLSClient.ApplicationProtocol.http2.rawValue, let streams {
                promise.succeed(streams)
            } else {
                promise.fail(Unreachable())
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(Unreachable())
        context.fireChannelInactive()
    }
}

/// Puts an answer together from the parts that come on a stream.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<HTTPAnswer>
    private var status = 0
    private var head = ""
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<HTTPAnswer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            self.head = head.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        case .body(let bytes): body += bytes.readableBytesView
        case .end: finish()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { finish() }

    private func finish() { promise.succeed(HTTPAnswer(status: status, head: head, body: body)) }
}
