import ArgumentParser
import Foundation
import Logging
import Moderation
import NIOCore
import NeuralNetwork
import Privacy
import Studio
import Web

/// `mystarion serve`: the page and the interfaces for programs.
struct Serve: ProtectedCommand {
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
              mystarion serve --waive ports        on Linux before 6.7, whose Landlock has no rules for ports
            """)

    @OptionGroup var options: ServiceOptions

    func prepare() throws -> @Sendable () async throws -> Void {
        var values = options.values
        guard let configuration = ServiceConfiguration(&values) else { throw Failure(values.problems) }
        // Read before the process gives up reading what it has no need for.
        let papers = configuration.model.papers()
        let protections = ProcessProtections(
            readable: configuration.model.readablePaths, ports: [UInt16(configuration.web.port)],
            waived: configuration.waived)
        let statuses = protections.enforce()
        try statuses.requireAll()
        return { try await serve(configuration, papers, protections, statuses) }
    }

    private func serve(
        _ configuration: ServiceConfiguration, _ papers: ModelPapers, _ protections: ProcessProtections,
        _ statuses: [ProtectionStatus]
    ) async throws {
        // Whatever else writes a log could write what a log must not hold.
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        let logger = Logger(label: "mystarion") { _ in
            EventLogHandler(format: configuration.logFormat, level: configuration.logLevel)
        }
        let device = Device(threads: configuration.threads)
        logger.log(.starting(settings: configuration.changes, threads: device.threads.count))

        for remark in configuration.remarks { Terminal.complain(remark) }

        let card = try configuration.model.card()
        Terminal.note("Reading \(card.name)…")
        let metrics = ServiceMetrics(version: Mystarion.version, rules: configuration.studio.policy.rules)
        let engine = try configuration.model.engine(on: device)
        let calibration = try Calibration(of: engine, upTo: configuration.studio.maximumBatch)
        logger.log(.calibrated(batch: calibration.batch, milliseconds: calibration.milliseconds))
        let studio = Studio(
            engine: engine, configuration: configuration.studio, calibration: calibration, measure: metrics.record)
        let all = statuses + [protections.keepOutOfSwap()]
        try all.requireAll()
        logger.log(.protected(all))
        var disclosure = configuration.disclosure
        disclosure.protections = all
        disclosure.model = papers
        disclosure.logExample = EventLogHandler.example(format: configuration.logFormat, level: configuration.logLevel)
        let readiness = Readiness(metrics: metrics, stuckAfter: configuration.stuckAfter)
        let host = configuration.web.host
        let address = host.contains(":") ? "[\(host)]" : host
        let server = WebApplication.make(
            studio: studio, configuration: configuration.web, metrics: metrics, readiness: readiness,
            disclosure: disclosure, logger: logger
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
