extension Audit {
    /// What was seen while the connections of one protocol were open.
    struct OpenConnectionsResult {
        let spoken: AuditedProtocol
        /// Whether the server speaks it.
        var isSpoken = true
        var outcomes: [Outcome] = []
        /// How many connections were open to the end.
        var open = 0
        var memory: MemorySearch
    }

    /// Sends requests in every protocol, and searches the memory while their connections are open.
    func auditOpenConnections(_ model: ServedModel) -> [OpenConnectionsResult] {
        targets.flatMap { target in
            target.server.protocols.map { audit(target, $0, model) }
        }
    }

    private func audit(
        _ target: Target, _ spoken: AuditedProtocol, _ model: ServedModel
    ) -> OpenConnectionsResult {
        let connections = OpenConnections(to: target.server, speaking: spoken)
        let place = "connections open, \(spoken.rawValue)"
        var result = OpenConnectionsResult(
            spoken: spoken, memory: MemorySearch(search: Search(for: PatternSearch([]))))
        guard connections.canConnect else {
            result.isSpoken = false
            return result
        }
        defer {
            connections.end()
            _ = Occupation.waitUntilIdle(target.server)
        }
        let alone = ExchangePlan(for: model).answered
        let shared = options.isQuick ? [] : ExchangePlan(for: model).answered.enumerated().filter { $0.offset % 3 == 0 }
        let counter = ProgressCounter(of: alone.count + shared.count) { [options] in
            options.progress("Sending canaries in \(spoken.rawValue): \($0) of \($1)")
        }
        result.outcomes = connections.send(alone) { counter.advance() }
        result.outcomes += connections.share(shared.map(\.element)) { counter.advance() }
        let patterns = Patterns(of: result.outcomes, served: model, model: nil, progress: options.progress).search
        // As the last answers have left them, and after other requests have come on them.
        if !options.isQuick { result.memory = searchMemory(of: target.pid, patterns, place) }
        result.open = connections.poll()
        if result.memory.search.findings.isEmpty { result.memory = searchMemory(of: target.pid, patterns, place) }
        return result
    }

    func addOpenConnections(_ result: OpenConnectionsResult, to report: inout AuditReport) {
        let place = "memory, connections open, \(result.spoken.rawValue)"
        guard result.isSpoken else {
            return report.add(place, lookedAt: "nothing", .notChecked, "The server does not speak it.")
        }
        let search = result.memory.search
        report.add(
            place, search,
            lookedAt: "\(result.open) connections, \(amount(search.bytes)), \(search.patternCount) patterns",
            problems: result.memory.refusal.map { ["its memory (\($0))"] } ?? [],
            clean: "Nothing of a request that is over is left behind its connection.",
            found: "Something of a request that is over is left while its connection is open.")
    }

    func addMissingTLS(to report: inout AuditReport) {
        guard let said = options.withoutTLS else { return }
        let reason = said.split(separator: "\n").last.map(String.init) ?? "it said nothing"
        for spoken in [AuditedProtocol.http1InTLS, .http2] {
            report.add(
                "memory, connections open, \(spoken.rawValue)", lookedAt: "nothing", .notChecked,
                "No server in TLS started with these options: \(reason)")
        }
    }
}
