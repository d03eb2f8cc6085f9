internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle

/// Answers the requests that come to one socket: Hummingbird's application, on a socket that was bound before.
struct HTTPService<Responder: HTTPResponder>: Service where Responder.Context == WebRequestContext {
    /// Answers each request.
    let responder: Responder
    /// Takes connections in, and asks what it is given for answers.
    let server: @Sendable (@escaping HTTPChannelHandler.Responder) -> ConnectionChannel
    /// What runs beside the server.
    var services: [any Service] = []
    /// Where to listen; what the configuration names when nil.
    let socket: ListeningSocket?
    let configuration: WebConfiguration
    /// The framework's own messages can hold addresses and paths, so that this logger writes none.
    let logger = Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }
    /// Called with the port when clients can connect.
    let onListening: @Sendable (Int) -> Void

    /// Answers requests until the service is told to shut down.
    func run() async throws {
        let socket = try self.socket ?? ListeningSocket(host: configuration.host, port: configuration.port)
        let connection = server { [responder, logger] request, writer, channel in
            let context = WebRequestContext(source: .init(channel: channel, logger: logger))
            var response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch let error as HTTPParserError {
                // The connection answers that itself.
                throw error
            } catch {
                response = Response(status: .internalServerError)
            }
            response.headers[.date] = httpDate(ofUnixTime: unixTime())
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // A response has begun, and no second one may follow.
                throw CancellationError()
            }
        }
        let bound = BoundServer(
            socket: socket, connection: connection, group: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { [configuration, onListening] channel in
            onListening(channel.localAddress?.port ?? configuration.port)
        }
        try await ServiceGroup(configuration: .init(services: services + [bound], logger: logger)).run()
    }
}
