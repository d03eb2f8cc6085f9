internal import NIOCore
internal import Synchronization

/// The connections that a server has, to be told when it shuts down.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isQuiescing = false
    }

    private let state = Mutex(State())

    /// Keeps a connection until it closes.
    func add(_ channel: any Channel) {
        let identifier = ObjectIdentifier(channel)
        let isQuiescing = state.withLock { state in
            state.channels[identifier] = channel
            return state.isQuiescing
        }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { _ = $0.channels.removeValue(forKey: identifier) }
        }
        if isQuiescing { Self.quiesce(channel) }
    }

    /// Tells every connection, and those that come yet, to end when its requests are answered.
    func quiesce() {
        let channels = state.withLock { state in
            state.isQuiescing = true
            return Array(state.channels.values)
        }
        for channel in channels { Self.quiesce(channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }
}
