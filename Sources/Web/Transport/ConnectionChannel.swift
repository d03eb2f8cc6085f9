internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import Logging
internal import NIOCore
internal import NIOHTTP2
internal import NIOHTTPTypesHTTP1
internal import NIOSSL

/// Takes connections in: counts them, secures them with the certificate of the moment, and hands them to HTTP/1.1 or
/// HTTP/2, each behind the same limits.
struct ConnectionChannel: ServerChildChannel {
    typealias Negotiated = NIONegotiatedHTTPVersion<HTTP1Channel.Value, HTTP2Channel.Value>

    /// A connection, by what is spoken on it.
    enum Value: ServerChildChannelValue {
        case plain(HTTP1Channel.Value)
        case secured(any Channel, EventLoopFuture<Negotiated>)
        case refused(any Channel)

        var channel: any Channel {
            switch self {
            case .plain(let connection): connection.channel
            case .secured(let channel, _), .refused(let channel): channel
            }
        }
    }

    private let certificates: CertificateStore?
    private let limits: ConnectionLimits
    private let counter: ConnectionCounter
    private let fields: HTTPFields
    private let http1: HTTP1Channel
    private let http2: HTTP2Channel

    /// Takes connections in for a responder.
    ///
    /// - Parameters:
    ///   - configuration: Its limits.
    ///   - certificates: Where the certificate is found; nil for plain HTTP/1.1.
    ///   - counter: Counts them.
    ///   - answers: Knows which answers are not yet sent.
    ///   - fields: What every answer carries.
    ///   - responder: Answers requests.
    init(
        _ configuration: WebConfiguration, certificates: CertificateStore?, counter: ConnectionCounter,
        answers: AnswersInProgress, fields: HTTPFields,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        let limits = configuration.limits
        self.limits = limits
        self.certificates = certificates
        self.fields = fields
        self.counter = counter
        http1 = HTTP1Channel(
            responder: inTaskOfItsOwn(responder),
            configuration: .init(
                additionalChannelHandlers: [
                    ContinueResponses(), AnswerFields(fields, isStream: false),
                    RequestDeadlineHandler(limits: limits, isStream: false), HeadResponses(),
                    CloseAfterDelivery(isStream: false), RequestHandover(answers, isStream: false),
                ],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.fieldBytes, maxHeaderListSize: limits.headBytes,
                    maxHeaderFieldCount: limits.fields)))
        // How many streams at once, how large their heads, how many may be reset: swift-nio-http2's own limits.
        http2 = HTTP2Channel(
            responder: inTaskOfItsOwn(responder),
            configuration: .init(
                idleTimeout: limits.idle,
                streamConfiguration: .init(additionalChannelHandlers: [
                    HTTP2Idleness.Stream(), ContinueResponses(), AnswerFields(fields, isStream: true),
                    RequestDeadlineHandler(limits: limits, isStream: true), HeadResponses(),
                    CloseAfterDelivery(isStream: true), RequestHandover(answers, isStream: true),
                ])))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        guard let remove = counter.add({ channel.remoteAddress }) else { return refuse(channel) }
        channel.closeFuture.whenComplete { _ in remove() }
        return channel.endWhenDeaf(for: limits.deaf).flatMap {
            // Pieces that wait to be read are few and small, since nobody counts them.
            channel.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
        }.flatMap {
            guard let certificates else { return setUpHTTP1(channel, logger).map(Value.plain) }
            return secure(channel, certificates.certificate.context, logger)
        }
    }

    func handle(value: Value, logger: Logger) async {
        switch value {
        case .plain(let connection): await http1.handle(value: connection, logger: logger)
        case .secured(_, let negotiated):
            // A handshake that fails is nobody's request.
            switch try? await negotiated.get() {
            case .http1_1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let connection): await http2.handle(value: connection, logger: logger)
            case nil: break
            }
        case .refused: break
        }
    }

    private func secure(
        _ channel: any Channel, _ context: NIOSSLContext, _ logger: Logger
    ) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
            try pipeline.addHandler(HandshakeDeadline(limits.handshake))
        }.flatMap {
            channel.configureHTTP2AsyncSecureUpgrade { channel in
                setUpHTTP1(channel, logger)
            } http2ConnectionInitializer: { channel in
                setUpHTTP2(channel, logger)
            }
        }.map { .secured(channel, $0) }
    }

    private func setUpHTTP1(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HTTP1InboundEraser())
        }.flatMap {
            http1.setup(channel: channel, logger: logger)
        }.flatMapThrowing { connection in
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandler(HTTP1RequestFraming(), position: .before(codec))
            try pipeline.addHandler(RequestSequence(parting: limits.parting), position: .before(codec))
            return connection
        }
    }

    private func setUpHTTP2(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<HTTP2Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers(
                LingeringClose(patience: .milliseconds(250)), FrameFloods(),
                HTTP2Idleness(limits.idle + limits.parting),
                HTTP2InboundEraser(patience: limits.idle))
        }.flatMap {
            http2.setup(channel: channel, logger: logger)
        }.flatMapThrowing { connection in
            let pipeline = channel.pipeline.syncOperations
            let protocolHandler = try pipeline.handler(type: NIOHTTP2Handler.self)
            try pipeline.addHandler(KeepAlivePings(), position: .after(protocolHandler))
            return connection
        }
    }

    private func refuse(_ channel: any Channel) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let words = certificates == nil ? fields : nil
            try channel.pipeline.syncOperations.addHandler(Refusal(saying: words, patience: .seconds(1)))
            return .refused(channel)
        }
    }
}
