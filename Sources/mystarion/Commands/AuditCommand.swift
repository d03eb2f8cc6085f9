import ArgumentParser
import Audit
import Foundation
import Privacy

/// `mystarion audit`: whether a server keeps anything of what it is asked.
struct AuditCommand: ParsableCommand, WorkingCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Send canaries through a server, and search everything that it could keep them in.",
        discussion: """
            Requests with random prompts, seeds and pictures go through every interface and end in every way. Then the
            server's memory, the files that changed, its log, its pages and its connections are searched for them, in
            plain text and in all encodings; the memory also while the connections are still open, over HTTP/1.1, and
            HTTP/1.1 and HTTP/2 in TLS. With --deep, the model makes the pictures again, and what its engine held on the
            way is searched for, too.

            Ends with status 0 when all is clean, 1 when something was found or a protection is not in force, and 77 when
            not everything could be looked at. Reading a protected server's memory needs root; with --spawn an ordinary
            user's audit waives 'not-dumpable' on the servers that it searches, and tries that on another one.

            EXAMPLES
              mystarion audit --spawn --deep
              mystarion audit --spawn -- --max-batch 1         options for the server come after --
              sudo mystarion audit --url https://127.0.0.1:8080 --deep
              mystarion audit --spawn --json > audit.json
              mystarion audit --self-test                      plants canaries, and must find them
            """)

    @Option(help: ArgumentHelp("Audit the server at this address, http:// or https://.", valueName: "url"))
    var url: ServerAddress?

    @Option(
        help: ArgumentHelp(
            "Take the certificate with this SHA-256 fingerprint only. (default: any on this machine, elsewhere a trusted one)",
            valueName: "hex"))
    var fingerprint: CertificateFingerprint?

    @Flag(help: "Start servers of the audit's own, with and without TLS, with their protections, in fresh folders.")
    var spawn = false

    @Flag(help: "Work out what the engine holds of a request (noise, latents, embeddings), and search for that.")
    var deep = false

    @Flag(help: "Send each request once, to an idle server; leave out what is left while others are served.")
    var quick = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("The server's process; found by its port unless given.", valueName: "id"))
    var pid: Int32?

    @Option(help: ArgumentHelp("The file that the server's log goes to.", valueName: "file"))
    var log: String?

    @Option(help: ArgumentHelp("The model's folder or name; what the server says unless given.", valueName: "dir"))
    var model: String?

    @Flag(help: "Plant canaries in every place and form, and see that each is found.")
    var selfTest = false

    @Flag(help: .hidden) var hold = false

    @Argument(help: ArgumentHelp("With --spawn: options for 'mystarion serve', after --.", valueName: "options"))
    var serverOptions: [String] = []

    func validate() throws {
        if hold || selfTest { return }
        guard spawn != (url != nil) else { throw ValidationError("Say either '--url URL' or '--spawn'.") }
        if !spawn, !serverOptions.isEmpty { throw ValidationError("Options for the server need '--spawn'.") }
        if spawn, pid != nil || log != nil { throw ValidationError("'--pid' and '--log' are for '--url'.") }
        if fingerprint != nil, url?.isSecure != true {
            throw ValidationError("'--fingerprint' is for a server at https://.")
        }
    }

    func run() throws {
        if hold { return Holder.run() }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let report = selfTest ? SelfTest(program: program).run() : try audit(program)
        if Terminal.isWatched { Terminal.show("") }
        try Terminal.say(json ? try report.json : report.table)
        switch report.result {
        case .clean: break
        case .found: Foundation.exit(Failure.Status.found.rawValue)
        case .notChecked: Foundation.exit(Failure.Status.noPermission.rawValue)
        }
    }

    private func audit(_ program: String) throws -> AuditReport {
        var options = Audit.Options()
        options.isQuick = quick
        if Terminal.isWatched { options.progress = { Terminal.show($0) } }
        do {
            if let url { return try audit(url, options) }
            return try auditOwn(program, options)
        } catch is Audit.NoServer {
            let certificate = url?.isSecure == true ? ", or its certificate is not one to be taken" : ""
            throw Failure(.unavailable, "no Mystarion server answers there\(certificate).")
        } catch let error as SpawnedServer.DidNotStart {
            throw Failure(.unavailable, "the server did not start. It said:\n\(error.message)")
        }
    }

    private func audit(_ url: ServerAddress, _ options: Audit.Options) throws -> AuditReport {
        var options = options
        // Whoever could show another certificate on this machine could look into the audit as well.
        let trust =
            fingerprint.map { TLSClient.Trust.fingerprint($0.bytes) } ?? (url.isLoopback ? .anyone : .authorities)
        let tls = url.isSecure ? try TLSClient(trusting: trust) : nil
        let server = ServerLocation(host: url.host, port: url.port, tls: tls)
        options.logFile = log
        options.model = try modelFolder(of: server)
        // A server elsewhere is no process of this machine, whatever listens here on the same port.
        let found = url.isLoopback ? ListeningProcess.pid(port: url.port) : nil
        return try Audit(of: server, pid: pid ?? found, options: options).run()
    }

    private func auditOwn(_ program: String, _ options: Audit.Options) throws -> AuditReport {
        var options = options
        var arguments = serverOptions
        if let model { arguments += ["--model", model] }
        options.progress("Starting a server")
        // Nobody but root can look into a protected process: whether it is protected is tried on another one.
        let mayLook = geteuid() == 0
        if !mayLook {
            let protected = try SpawnedServer(program: program, options: arguments)
            options.triedElsewhere[.notDumpable] = Audit.isOutOfReach(protected.pid)
            protected.stop()
            arguments = Self.waiving(.notDumpable, in: arguments)
        }
        let server = try SpawnedServer(program: program, options: arguments)
        defer { server.stop() }
        options.spawned = server
        if server.location.tls == nil { try startSecured(program, arguments, &options) }
        defer { options.secured?.stop() }
        options.model = try modelFolder(of: server.location)
        return try Audit(of: server.location, pid: server.pid, options: options).run()
    }

    /// Starts the same server with TLS; when these options allow none, the audit says so.
    private func startSecured(_ program: String, _ arguments: [String], _ options: inout Audit.Options) throws {
        options.progress("Starting a server in TLS")
        do {
            options.secured = try SpawnedServer(program: program, options: arguments + ["--tls", "self-signed"])
        } catch let error as SpawnedServer.DidNotStart {
            options.withoutTLS = error.message
        }
    }

    /// The options with one more waiver.
    static func waiving(_ protection: Protection, in options: [String]) -> [String] {
        var options = options
        if let index = options.firstIndex(of: "--waive"), index + 1 < options.count {
            options[index + 1] += ",\(protection.rawValue)"
            return options
        }
        return options + ["--waive", protection.rawValue]
    }

    private func modelFolder(of server: ServerLocation) throws -> String? {
        guard deep else { return nil }
        guard let name = model ?? Audit.modelName(of: server) else { throw Audit.NoServer() }
        return try InstalledModel.find(name).folder
    }
}
