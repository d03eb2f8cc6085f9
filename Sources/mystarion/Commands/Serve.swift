import ArgumentParser
import Foundation
import Host
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
              mystarion serve --host 0.0.0.0 --port 443 --tls self-signed --user mystarion
              mystarion serve --waive files        on Linux before 5.13, which has no Landlock
            """)

    @OptionGroup var options: ServiceOptions

    func prepare() throws -> @Sendable () async throws -> Void {
        var values = options.values
        guard let configuration = ServiceConfiguration(&values) else { throw Failure(values.problems) }
        // Only now: a value may have been a file that the shell opened (`--policy <(…)`).
        OpenFiles.closeInherited()
        // Read before the process gives up reading what it has no need for.
        let papers = configuration.model.papers()
        OpenFiles.makeRoom(forConnections: configuration.web.limits.connections)
        var readable = configuration.model.readablePaths
        let upscalers = InstalledUpscaler.all()
        readable += upscalers.compactMap(\.readablePath)
        var files = readable
        if case .certificate(let certificate) = configuration.web.tls {
            readable += certificate.folders
            files += [certificate.certificate, certificate.key]
            // A hangup that comes before the server listens asks for nothing: the files have just been read.
            signal(SIGHUP, SIG_IGN)
        }
        // Bound before the right to bind is given up, and that to ports below 1024.
        let socket = try listeningSocket(configuration)
        let protections = ProcessProtections(
            readable: readable, listener: socket.descriptor, user: configuration.user, waived: configuration.waived)
        let statuses = try protections.enforceAll()
        try ReadableFiles.require(files, isRoot: ServiceUser.isRoot)
        return { try await serve(configuration, papers, upscalers, socket, statuses) }
    }

    private func listeningSocket(_ configuration: ServiceConfiguration) throws -> ListeningSocket {
        let web = configuration.web
        do {
            return try ListeningSocket(host: web.host, port: web.port)
        } catch {
            throw Failure(.unavailable, cannotListen(web, error))
        }
    }

    private func cannotListen(_ web: WebConfiguration, _ problem: ListeningProblem) -> String {
        "cannot listen on \(address(of: web)):\(web.port): \(problem.explanation)."
    }

    private func address(of web: WebConfiguration) -> String { web.host.contains(":") ? "[\(web.host)]" : web.host }

    private func serve(
        _ configuration: ServiceConfiguration, _ papers: ModelPapers, _ upscalers: [InstalledUpscaler],
        _ socket: ListeningSocket, _ statuses: [ProtectionStatus]
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
        NIOSingletons.groupLoopCountSuggestion = ProcessorCount.usable
        NIOSingletons.blockingPoolThreadCountSuggestion = ProcessorCount.usable
        let device = Device(threads: configuration.threads)
        logger.log(.starting(settings: configuration.changes, threads: device.threads.count))

        for remark in configuration.remarks { Terminal.complain(remark) }
        if ServiceUser.isRoot { Terminal.complain(Self.rootRemark) }

        let card = try configuration.model.card()
        Terminal.note("Reading \(card.name)…")
        let engine = try configuration.model.engine(on: device)
        let calibration = try Calibration(of: engine, upTo: configuration.studio.maximumBatch)
        logger.log(.calibrated(batch: calibration.batch, milliseconds: calibration.milliseconds))
        let studio = Studio(
            engine: engine, upscalers: try UpscalerShelf(upscalers, on: device), configuration: configuration.studio,
            calibration: calibration, measure: metrics.record)
        logger.log(.protected(statuses))
        var disclosure = configuration.disclosure
        disclosure.protections = statuses
        disclosure.model = papers
        disclosure.logExample = EventLogHandler.example(format: configuration.logFormat, level: configuration.logLevel)
        let readiness = Readiness(metrics: metrics, stuckAfter: configuration.stuckAfter)
        let answers = AnswersInProgress()
        let bodies = BodyBudget(total: studio.bodyBudget)
        let address = address(of: configuration.web)
        let server = WebApplication.make(
            studio: studio, configuration: configuration.web, socket: socket,
            certificates: configuration.certificates, metrics: metrics, readiness: readiness, answers: answers,
            bodies: bodies, disclosure: disclosure, logger: logger
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
        } catch let problem as ListeningProblem {
            throw Failure(.unavailable, cannotListen(configuration.web, problem))
        }
        logger.log(.stopped)
    }

    /// What root is told that starts a server and names no user for it.
    static let rootRemark = """
        the server runs as root, though without root's privileges, so files that are root's stay within its reach. Name a \
        user of its own for it to become: \(Setting.user.key) (\(Setting.user.flag)).
        """
}
