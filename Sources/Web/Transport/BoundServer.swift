internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Serves the connections to a socket that was bound before the process gave up the right to make sockets.
///
/// Hummingbird's own server listens on none but sockets that it makes itself.
struct BoundServer<Connection: ServerChildChannel>: Service {
    let socket: ListeningSocket
    let connection: Connection
    let group: any EventLoopGroup
    let logger: Logger
    /// Called with the server's channel when clients can connect.
    let onListening: @Sendable (any Channel) -> Void

    /// Accepts connections until the service is told to shut down, and returns when all of them have ended.
    func run() async throws {
        let connections = OpenConnections()
        try socket.listen()
        let server = try await ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(socket.descriptor) { channel in
                connections.add(channel)
                return connection.setup(channel: channel, logger: logger)
            }
        await withGracefulShutdownHandler {
            onListening(server.channel)
            await withDiscardingTaskGroup { tasks in
                // The server's channel ends with an error when it is closed from here; that is no news.
                try? await server.executeThenClose { accepted in
                    for try await value in accepted {
                        tasks.addTask { await connection.handle(value: value, logger: logger) }
                    }
                }
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
            connections.quiesce()
        }
    }
}
