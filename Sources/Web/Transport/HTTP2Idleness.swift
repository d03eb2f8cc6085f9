internal import NIOCore

/// Ends an HTTP/2 connection that has had no stream for a while.
///
/// The framework asks the client to end it, and waits until the client has agreed; this does not wait.
final class HTTP2Idleness: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limit: Duration
    private var streams = 0
    private var alarm: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(_ limit: Duration) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setAlarm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        self.context = nil
    }

    private func change(by count: Int) {
        streams += count
        alarm?.cancel()
        if streams == 0 { setAlarm() }
    }

    private func setAlarm() {
        guard let context else { return }
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) { context.close(promise: nil) }
    }

    /// Tells a stream's connection that the stream is there.
    final class Stream: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = NIOAny

        private var connection: HTTP2Idleness?

        func handlerAdded(context: ChannelHandlerContext) {
            connection = try? context.channel.parent?.pipeline.syncOperations.handler(type: HTTP2Idleness.self)
            connection?.change(by: 1)
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            connection?.change(by: -1)
            connection = nil
        }
    }
}
