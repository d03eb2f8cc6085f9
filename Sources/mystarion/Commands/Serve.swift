import ArgumentParser
import Foundation
import Logging
import Moderation
import NIOCore
import NeuralNetwork
import Studio
import Web

/// `mystarion serve`: the page and the interfaces for programs.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the page and the HTTP interfaces.",
        discussion: """
            Speaks plain HTTP, so it listens on this machine only. For others to reach it, put a proxy that speaks
            TLS before it and say so with --behind-proxy.

            Everything can also be said in a file and in the environment; 'mystarion config list' shows how.

            EXAMPLES
              mystarion serve
              mystarion serve --port 9000 --model mystarion-icons
              mystarion serve --config ./mystarion.yaml
            """)

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        var values = options.values
        guard let configuration = ServiceConfiguration(&values) else { throw Failure(values.problems) }
        // Whatever else writes a log could write what a log must not hold.
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        let logger = Logger(label: "mystarion") { _ in
            EventLogHandler(format: configuration.logFormat, level: configuration.logLevel)
        }
        let device = Device(threads: configuration.threads)
        logger.log(.starting(settings: configuration.changes, threads: device.threads.count))

        let card = try configuration.model.card()
        Terminal.note("Reading \(card.name)…")
        let metrics = ServiceMetrics(version: Mystarion.version, rules: configuration.studio.policy.rules)
        let studio = Studio(
            engine: try configuration.model.engine(on: device), configuration: configuration.studio,
            measure: metrics.record)
        let readiness = Readiness(metrics: metrics, stuckAfter: configuration.stuckAfter)
        let host = configuration.web.host
        let address = host.contains(":") ? "[\(host)]" : host
        let server = WebApplication.make(
            studio: studio, configuration: configuration.web, metrics: metrics, readiness: readiness, logger: logger
        ) { port in
            Terminal.say("Mystarion is at http://\(address):\(port) with \(card.name). Ctrl-C stops it.")
        }
        do {
            try await DrainingService(
                server: server, studio: studio, readiness: readiness, limit: configuration.drain, logger: logger
            ).run()
        } catch let error as IOError {
            throw Failure(
                .unavailable,
                "cannot listen on \(address):\(configuration.web.port): \(String(cString: strerror(error.errnoCode))).")
        }
        logger.log(.stopped)
    }
}
