import ArgumentParser
import Foundation
import Logging
import Moderation
import NIOCore
import NeuralNetwork
import Output
import Privacy
import Studio
import Web

/// `mystarion serve`: the page and the interfaces for programs.
struct Serve: ProtectedCommand, WorkingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the page and the HTTP interfaces.",
        discussion: """
            Listens on this machine only unless told otherwise. For others to reach it, name a certificate, let it make
            one with --tls self-signed, or put a proxy that speaks TLS before it and say so with --behind-proxy.
            On SIGHUP a certificate's files are read again; no connection is lost. See docs/deployment.md.

            Everything can also be said in a file and in the environment; 'mystarion config list' shows how.

            EXAMPLES
              mystarion serve
              mystarion serve --port 9000 --model mystarion-icons
              mystarion serve --config ./mystarion.yaml
              mystarion serve --host 0.0.0.0 --port 8443 --tls self-signed
              mystarion serve --host 0.0.0.0 --port 443 --tls-certificate fullchain.pem --tls-key privkey.pem
              mystarion serve --waive ports        on Linux before 6.7, whose Landlock has no rules for ports
            """)

    @OptionGroup var options: ServiceOptions

    func prepare() throws -> @Sendable () async throws -> Void {
        var values = options.values
        guard let configuration = ServiceConfiguration(&values) else { throw Failure(values.problems) }
        // Read before the process gives up reading what it has no need for.
        let papers = configuration.model.papers()
        OpenFiles.makeRoom(forConnections: configuration.web.limits.connections)
        var readable = configuration.model.readablePaths
        if case .certificate(let files) = configuration.web.tls {
            readable += files.folders
            // A hangup that comes before the server listens asks for nothing: the files have just been read.
            signal(SIGHUP, SIG_IGN)
        }
        let protections = ProcessProtections(
            readable: readable, ports: [UInt16(configuration.web.port)],
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
        let metrics = ServiceMetrics(version: Mystarion.version, rules: configuration.studio.policy.rules)
        // Neither requests nor a stop may wait for a terminal, a pipe or a disk that takes no more.
        let output = LineQueue(to: .standardOutput)
        let log = LineQueue(to: .standardError) { [format = configuration.logFormat, level = configuration.logLevel] in
            EventLogHandler.line(of: .linesLost($0), format: format, level: level)
        } onLoss: {
            metrics.recordLostLines($0)
        }
        defer {
            output.close(within: .seconds(1))
            log.close(within: .seconds(1))
        }
        let logger = Logger(label: "mystarion") { _ in
            EventLogHandler(format: configuration.logFormat, level: configuration.logLevel, queue: log)
        }
        let device = Device(threads: configuration.threads)
        logger.log(.starting(settings: configuration.changes, threads: device.threads.count))

        for remark in configuration.remarks { Terminal.complain(remark) }

        let card = try configuration.model.card()
        Terminal.note("Reading \(card.name)…")
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
        let answers = AnswersInProgress()
        let bodies = BodyBudget(total: studio.bodyBudget)
        let host = configuration.web.host
        let address = host.contains(":") ? "[\(host)]" : host
        let server = WebApplication.make(
            studio: studio, configuration: configuration.web, certificates: configuration.certificates,
            metrics: metrics, readiness: readiness, answers: answers, bodies: bodies, disclosure: disclosure,
            logger: logger
        ) { port in
            let scheme = configuration.certificates == nil ? "http" : "https"
            output.append("Mystarion is at \(scheme)://\(address):\(port) with \(card.name). Ctrl-C stops it.")
            if let certificate = configuration.certificates?.certificate {
                output.append("Its certificate's SHA-256 fingerprint is \(certificate.fingerprint).")
            }
        }
        let renewal = configuration.certificates.flatMap { CertificateRenewal(certificates: $0, logger: logger) }
        renewal?.report()
        do {
            try await DrainingService(
                server: server, studio: studio, readiness: readiness, answers: answers, bodies: bodies,
                limit: configuration.drain, logger: logger, renewal: renewal
            ).run()
        } catch let error as IOError {
            throw Failure(
                .unavailable,
                "cannot listen on \(address):\(configuration.web.port): \(String(cString: strerror(error.errnoCode))).")
        }
        logger.log(.stopped)
    }
}
