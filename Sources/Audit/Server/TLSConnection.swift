import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A connection in TLS.
final class TLSConnection: ByteConnection {
    private let channel: any Channel
    private let arrivals = Arrivals()
    private let patience: DispatchTimeInterval

    /// Connects to a server; the handshake may go on when this returns.
    init(to server: ServerLocation, speaking tls: TLSClient, timeout seconds: Int) throws(Unreachable) {
        patience = .seconds(seconds)
        do {
            channel = try ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(Int64(seconds)))
                .channelInitializer { [arrivals] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(tls.handler(for: server.host, speaking: .http1))
                        try pipeline.addHandler(ArrivalHandler(arrivals))
                    }
                }
                .connect(host: server.host, port: server.port).wait()
        } catch {
            throw Unreachable()
        }
    }

    deinit { close() }

    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        return channel.isActive
    }

    func receive() -> [UInt8] { arrivals.take(within: patience) }

    func close() { channel.close(promise: nil) }
}

/// Bytes that have come and were not yet asked for.
private final class Arrivals: Sendable {
    private let state = Mutex<(bytes: [UInt8], isOver: Bool)>(([], false))
    private let changes = DispatchSemaphore(value: 0)

    func add(_ bytes: some Sequence<UInt8>) {
        state.withLock { $0.bytes += bytes }
        changes.signal()
    }

    func end() {
        state.withLock { $0.isOver = true }
        changes.signal()
    }

    /// Waits for bytes; none when no more come.
    func take(within patience: DispatchTimeInterval) -> [UInt8] {
        let deadline = DispatchTime.now() + patience
        while true {
            let (bytes, isOver) = state.withLock { state in
                defer { state.bytes = [] }
                return state
            }
            if isOver || !bytes.isEmpty { return bytes }
            guard changes.wait(timeout: deadline) == .success else { return [] }
        }
    }
}

/// Hands over what comes on a channel.
private final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let arrivals: Arrivals

    init(_ arrivals: Arrivals) { self.arrivals = arrivals }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrivals.add(unwrapInboundIn(data).readableBytesView)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        arrivals.end()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { arrivals.end() }
}
