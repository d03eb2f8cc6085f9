import Foundation
public import Privacy

/// Sends requests that carry canaries through every interface of a server, and then looks for the canaries wherever
/// they could have stayed.
public struct Audit {
    /// How an audit is done.
    public struct Options: Sendable {
        /// The model's folder, to work out what the engine held; nil to leave that out.
        public var model: String?
        /// A file that the server's log goes to; what it has open as its standard output and error when nil.
        public var logFile: String?
        /// Whether to ask an idle server only, and each thing once.
        public var isQuick = false
        /// The server, where the audit has started it.
        public var spawned: SpawnedServer?
        /// The same in TLS, where the audit has started one, for what only connections in TLS can show.
        public var secured: SpawnedServer?
        /// What that one said, where it did not start.
        public var withoutTLS: String?
        /// Protections that the auditor waived to be able to look, and tried on another server: whether each held.
        public var triedElsewhere: [Protection: Bool] = [:]
        /// Told what is being done.
        public var progress: @Sendable (String) -> Void = { _ in }

        /// The usual.
        public init() {}
    }

    let options: Options

    private let server: ServerLocation
    private let pid: Int32?

    /// Prepares the audit of a server; without its process's id, only its answers are looked at.
    public init(of server: ServerLocation, pid: Int32?, options: Options) {
        self.server = server
        self.pid = pid
        self.options = options
    }

    /// A server and its process.
    struct Target {
        let server: ServerLocation
        let pid: Int32?
    }

    /// The server, and its like in TLS.
    var targets: [Target] {
        [Target(server: server, pid: pid)]
            + (options.secured.map { [Target(server: $0.location, pid: $0.pid)] } ?? [])
    }

    /// The server does not answer, or is not Mystarion.
    public struct NoServer: Error {
        /// Says so.
        public init() {}
    }

    /// Does the audit.
    public func run() throws -> AuditReport {
        guard let model = ServedModel(of: server) else { throw NoServer() }
        let start = Int(Date().timeIntervalSince1970)
        var report = AuditReport()
        let watches = targets.compactMap { target in
            target.pid.map { ProcessWatch($0, listeningOn: target.server.port) }
        }

        var outcomes: [Outcome] = []
        let busy = options.isQuick ? nil : auditBusyServer(model, &outcomes)
        let plan = ExchangePlan(for: model).exchanges
        outcomes += send(plan.filter { $0.replay == nil }, "to an idle server")
        _ = Occupation.waitUntilIdle(server)
        // Who shares a pass changes a sum's last bits: what is to be worked out exactly is made alone.
        outcomes += send(plan.filter { $0.replay != nil }, "one after the other", atOnce: 1)
        if !options.isQuick { outcomes += FullQueue.send(FullQueue.exchanges(for: model), to: server) }
        options.progress("Waiting until the server has nothing to do")
        let isIdle = Occupation.waitUntilIdle(server)
        let patterns = Patterns(of: outcomes, served: model, model: options.model, progress: options.progress)
        let idle = searchMemory(of: pid, patterns.search, "memory, idle")
        let open = auditOpenConnections(model)
        outcomes += open.flatMap(\.outcomes)
        let all = PatternSearch(patterns.search.patterns + open.flatMap(\.memory.search.searched))

        addRequests(outcomes, isIdle: isIdle, to: &report)
        addAnswers(outcomes, all, to: &report)
        addLog(all, to: &report)
        addFiles(all, since: start, to: &report)
        if let busy { addMemory("memory, while others are served", busy, to: &report) }
        addMemory("memory, idle", idle, to: &report)
        for each in open { addOpenConnections(each, to: &report) }
        addMissingTLS(to: &report)
        addModel(patterns, to: &report)
        addWatch(watches.map { $0.end() }, to: &report)
        addProtections(to: &report)
        return report
    }

    /// Sends a round while others are served, and searches the memory meanwhile.
    ///
    /// A server that is busy forgets nothing by the way: what is left of a request lies among the memory of others.
    private func auditBusyServer(_ model: ServedModel, _ outcomes: inout [Outcome]) -> MemorySearch {
        let occupation = Occupation(of: server)
        defer { occupation.end() }
        outcomes += send(ExchangePlan(for: model, isAlone: false).exchanges, "while others are served")
        let patterns = Patterns(of: outcomes, served: model, model: options.model, progress: options.progress)
        let isBusyBefore = Occupation.running(on: server)?.running ?? 0 > 0
        var memory = searchMemory(of: pid, patterns.search, "memory, others served")
        memory.isValid = isBusyBefore && Occupation.running(on: server)?.running ?? 0 > 0
        return memory
    }

    // MARK: Asking

    private func send(_ exchanges: [Exchange], _ how: String, atOnce: Int = 4) -> [Outcome] {
        let counter = ProgressCounter(of: exchanges.count) { [options] in
            options.progress("Sending canaries \(how): \($0) of \($1)")
        }
        return exchanges.send(to: server, atOnce: atOnce) { _ in counter.advance() }
    }

    private func addRequests(_ outcomes: [Outcome], isIdle: Bool, to report: inout AuditReport) {
        let apis = Set(outcomes.map(\.exchange.api)).count
        let endings = Set(outcomes.map(\.exchange.ending)).count
        let others = outcomes.filter { !$0.isAsMeant }
        let lookedAt = "\(outcomes.count) requests, \(apis) addresses, \(endings) endings"
        if others.isEmpty, isIdle {
            return report.add("requests", lookedAt: lookedAt, .clean, "Each ended as it was meant to.")
        }
        let list = others.map { "\($0.exchange.canary.label): \($0.answer.status)" }.prefix(5).joined(separator: "; ")
        report.add(
            "requests", lookedAt: lookedAt, .notChecked,
            isIdle
                ? "\(others.count) ended otherwise than they were meant to, so those endings were not tried: \(list)."
                : "The server did not become idle.")
    }

    private func addAnswers(_ outcomes: [Outcome], _ patterns: PatternSearch, to report: inout AuditReport) {
        var search = Search(for: patterns)
        var answers = 0
        for outcome in outcomes where !outcome.mayHoldCanary {
            search.look(at: outcome.answer.bytes, in: "the answer to it")
            answers += 1
        }
        for target in targets {
            for path in Self.pages {
                let answer = HTTPAnswer.to(HTTPMessage(method: "GET", path: path), from: target.server)
                search.look(at: answer.bytes, in: "GET \(path)")
                answers += 1
            }
        }
        report.add(
            "answers", search, lookedAt: "\(answers) answers, \(amount(search.bytes))",
            clean: "No error repeats a request, and no page, metric or list knows of one.",
            found: "An answer holds something of a request.")
    }

    /// Whatever the server shows to anybody; what is not there answers 404, which is looked at as well.
    private static let pages =
        [
            "/", "/metrics", "/api/model", "/api/status", "/api/privacy", "/privacy", "/terms", "/about",
            "/transparency",
            "/.well-known/security.txt", "/healthz", "/readyz", "/openapi.yaml", "/v1/models",
        ]
        + [
            "progress", "options", "samplers", "schedulers", "sd-models", "upscalers", "loras", "prompt-styles",
            "cmd-flags", "memory", "scripts", "embeddings", "hypernetworks",
        ].map { "/sdapi/v1/\($0)" }

    // MARK: Looking

    private func addLog(_ patterns: PatternSearch, to report: inout AuditReport) {
        var search = Search(for: patterns)
        var problems: [String] = []
        if let spawned = options.spawned {
            search.look(at: spawned.output, in: "the log")
            if let secured = options.secured { search.look(at: secured.output, in: "the log of the server in TLS") }
        } else if let path = options.logFile {
            search.enter(path)
            read(path, with: &search) { problems.append("\(path) (\($0))") }
        } else if let pid {
            for file in OpenFile.all(of: pid).filter({ 1...2 ~= $0.descriptor }) {
                guard file.isRegularFile(of: pid) else {
                    problems.append("\(file.target), which is no file; name a file with --log")
                    continue
                }
                search.enter(file.target)
                read("/proc/\(pid)/fd/\(file.descriptor)", with: &search) { problems.append("\(file.target) (\($0))") }
            }
        }
        if search.bytes == 0, problems.isEmpty {
            problems.append("where its log goes is not known; name a file with --log")
        }
        report.add(
            "log", search, lookedAt: amount(search.bytes), problems: problems,
            clean: "Nothing of a request was logged.", found: "Something of a request was logged.")
    }

    private func read(_ path: String, with search: inout Search, failed: (String) -> Void) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return failed(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        ChangedFiles.read(descriptor, with: &search, upTo: 1 << 30)
    }

    private func addFiles(_ patterns: PatternSearch, since start: Int, to report: inout AuditReport) {
        let pids = targets.compactMap(\.pid)
        guard !pids.isEmpty else { return addUnseen("files", to: &report) }
        options.progress("Searching the files that have changed")
        var search = Search(for: patterns)
        let folders = [options.spawned, options.secured].compactMap { $0?.folder }
        var files = ChangedFiles(in: pids.flatMap(ChangedFiles.folders(of:)) + folders, since: start)
        files.search(with: &search)
        for pid in pids {
            for file in OpenFile.all(of: pid) where file.isRegularFile(of: pid) && file.isWritable {
                search.enter(file.target)
                read("/proc/\(pid)/fd/\(file.descriptor)", with: &search) { _ in }
            }
        }
        report.add(
            "files", search, lookedAt: "\(files.changed) changed of \(files.entries), \(amount(search.bytes))",
            problems: files.leftOut, clean: "No file that changed meanwhile holds anything of a request.",
            found: "A file holds something of a request.")
    }

    /// What a search of a process's memory came to.
    struct MemorySearch {
        var search: Search
        var mappings = 0
        var refusal: String?
        /// Whether the server did what it was to do meanwhile.
        var isValid = true
    }

    /// Searches the memory; what is found is looked for again after a while, because a connection's last buffers go
    /// when both sides have closed it.
    func searchMemory(of pid: Int32?, _ patterns: PatternSearch, _ name: String) -> MemorySearch {
        var result = MemorySearch(search: Search(for: patterns))
        guard let pid else {
            result.refusal = "the server's process was not found; name it with --pid"
            return result
        }
        for pause: UInt32 in [500_000, 1_500_000] {
            usleep(pause)
            result = MemorySearch(search: Search(for: patterns))
            do throws(Refusal) {
                let memory = try ProcessMemory(of: pid)
                defer { memory.close() }
                result.mappings = try memory.search(with: &result.search) { bytes in
                    if bytes % (16 << 20) < 1 << 20 { options.progress("Searching \(name): \(amount(bytes))") }
                }
            } catch {
                result.refusal = error.reason
            }
            if result.search.findings.isEmpty { break }
        }
        return result
    }

    private func addMemory(_ name: String, _ memory: MemorySearch, to report: inout AuditReport) {
        var problems = memory.refusal.map { ["its memory (\($0))"] } ?? []
        if !memory.isValid { problems.append("the server was not busy all the time") }
        report.add(
            name, memory.search, lookedAt: "\(amount(memory.search.bytes)), \(memory.search.patternCount) patterns",
            problems: problems, clean: "Nothing of a request that is over is left.",
            found: "Something of a request that is over is left.")
    }

    private func addModel(_ patterns: Patterns, to report: inout AuditReport) {
        guard options.model != nil else { return }
        let lookedAt = "\(patterns.replayed) requests"
        if let problem = patterns.replayProblem {
            return report.add("model replayed", lookedAt: lookedAt, .notChecked, problem)
        }
        let isComplete = patterns.compared > 0 && patterns.equal == patterns.compared
        report.add(
            "model replayed", lookedAt: lookedAt, isComplete ? .clean : .notChecked,
            isComplete
                ? "\(patterns.equal) pictures came out the same again, so the latents searched for were the server's."
                : "Of \(patterns.compared) pictures \(patterns.equal) came out the same, so latents may have differed."
        )
    }

    private func addWatch(_ all: [ProcessWatch.Sightings], to report: inout AuditReport) {
        let sightings = all.reduce(into: ProcessWatch.Sightings()) { $0.add($1) }
        guard sightings.looks > 0 else {
            addUnseen("connections", to: &report)
            return addUnseen("open files", to: &report)
        }
        let strange = sightings.strangeSockets.sorted()
        report.add(
            "connections", lookedAt: "\(sightings.looks) looks, up to \(sightings.sockets) sockets",
            strange.isEmpty ? .clean : .found,
            strange.isEmpty
                ? "It called nobody, and listened on its own port only." : "\(strange.joined(separator: "; ")).")
        let files = sightings.writableFiles.sorted()
        report.add(
            "open files", lookedAt: "\(sightings.looks) looks", files.isEmpty ? .clean : .found,
            files.isEmpty ? "It had no file open for writing." : "Open for writing: \(files.joined(separator: ", ")).")
    }

    private func addUnseen(_ place: String, to report: inout AuditReport) {
        report.add(
            place, lookedAt: "nothing", .notChecked,
            pid == nil
                ? "The server's process was not found; name it with --pid."
                : "This user may not look into the server's process; run the audit as root, or with --spawn.")
    }

    // MARK: Protections

    private func addProtections(to report: inout AuditReport) {
        guard let pid else { return addUnseen("protections", to: &report) }
        var facts = ProtectionFacts(of: pid)
        facts.hear(
            HTTPAnswer.to(HTTPMessage(method: "GET", path: "/api/privacy"), from: server),
            log: options.spawned?.output ?? [])
        for protection in Protection.allCases {
            let seen = options.triedElsewhere[protection] ?? facts.seen(protection)
            let word = options.triedElsewhere[protection] ?? facts.word[protection]
            let (result, sentence): (AuditReport.Result, String) =
                switch (seen, word) {
                case (_, false): (.found, "Not in force: the server itself says that it is waived.")
                case (false, _): (.found, "Not in force.")
                case (true, _): (.clean, "In force: \(protection.summary).")
                case (nil, true): (.clean, "In force, as the server says of itself: \(protection.summary).")
                case (nil, nil): (.notChecked, "It cannot be seen from outside, and the server does not say.")
                }
            let isElsewhere = options.triedElsewhere[protection] != nil
            report.add(
                "protection \(protection.rawValue)",
                lookedAt: ProtectionFacts.evidence(for: protection) + (isElsewhere ? ", on a second server" : ""),
                result,
                sentence)
        }
    }

    /// Whether other processes are kept from a process's memory; nil where that cannot be tried.
    public static func isOutOfReach(_ pid: Int32) -> Bool? { ProtectionFacts(of: pid).seen(.notDumpable) }

    /// What a server calls its model; nil when it does not answer as Mystarion does.
    public static func modelName(of server: ServerLocation) -> String? { ServedModel(of: server)?.identifier }

    /// An amount of memory, for people.
    func amount(_ bytes: Int) -> String {
        bytes < 10_000 ? "\(bytes) bytes" : bytes < 10_000_000 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
