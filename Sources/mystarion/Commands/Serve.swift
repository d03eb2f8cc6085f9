import ArgumentParser
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Studio
import UnixSignals
import Web

/// `mystarion serve`: the page and the interfaces for programs.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the page and the HTTP interfaces.",
        discussion: """
            Speaks plain HTTP, so it listens on this machine only. For others to reach it, put a proxy that speaks
            TLS before it and say so with --behind-proxy.

            EXAMPLES
              mystarion serve
              mystarion serve --port 9000 --model mystarion-icons
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port = 8080

    @Option(help: ArgumentHelp("The model's folder, or its name in the models folder.", valueName: "dir"))
    var model: String?

    @Option(help: "How many threads compute. (default: all processors)")
    var threads: Int?

    @Flag(help: "Allow an address that others can reach, because a proxy adds TLS.")
    var behindProxy = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("'--port' must be from 0 to 65535.") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads' must be from 1 to 1024.")
        }
        guard behindProxy || WebConfiguration(host: host).isLoopback else {
            throw ValidationError(
                """
                '--host' would let others send prompts over plain HTTP. Listen on 127.0.0.1, or put a proxy that \
                speaks TLS before it and add '--behind-proxy'.
                """)
        }
    }

    private var webConfiguration: WebConfiguration {
        WebConfiguration(
            host: host, port: port, rateLimits: behindProxy ? RateLimits() : nil,
            forwardedField: behindProxy ? .xForwardedFor : nil)
    }

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let logger = Logger(label: "mystarion")

        let model = try InstalledModel.find(model)
        let card = try model.card()
        Terminal.note("Reading \(card.name)…")
        let studio = Studio(engine: try model.engine(threads: threads))
        let address = host.contains(":") ? "[\(host)]" : host
        let server = WebApplication.make(
            studio: studio, configuration: webConfiguration, logger: logger
        ) { port in
            Terminal.say("Mystarion is at http://\(address):\(port) with \(card.name). Ctrl-C stops it.")
        }

        var configuration = ServiceGroupConfiguration(
            services: [.init(service: server)], gracefulShutdownSignals: [.sigint, .sigterm],
            // Other libraries' messages can hold what a log must not.
            logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = .seconds(60)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw Failure(
                .unavailable, "cannot listen on \(address):\(port): \(String(cString: strerror(error.errnoCode))).")
        }
        await studio.shutdown()
        logger.log(.stopped)
    }
}
