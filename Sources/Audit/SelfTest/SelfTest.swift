import Foundation
import Privacy

/// Plants a canary in every place and every form that an audit searches, and sees whether it is found there.
public struct SelfTest {
    private let program: String

    /// Uses `program audit --hold` as the process whose memory is searched.
    public init(program: String) { self.program = program }

    /// Does it; a row is clean when everything that was planted was found, and nothing else.
    public func run() -> AuditReport {
        var report = AuditReport()
        testMemory(&report)
        testFiles(&report)
        testPages(&report)
        return report
    }

    // MARK: Places

    private func testMemory(_ report: inout AuditReport) {
        let planted = Planted(in: "memory")
        let sent = Planted(in: "memory, connection open")
        guard let listener = PageServer(answering: [], greeting: sent.bytes) else {
            return report.add("memory", lookedAt: "nothing", .notChecked, "No port could be had to plant a connection.")
        }
        defer { listener.stop() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["audit", "--hold"]
        let (input, output, log) = (Pipe(), Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = log
        do { try process.run() } catch {
            return report.add("memory", lookedAt: "nothing", .notChecked, "The process to plant in did not start.")
        }
        defer {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        let head = withUnsafeBytes(of: (planted.bytes.count, listener.port, sent.bytes.count)) { Data($0) }
        input.fileHandleForWriting.write(head + planted.bytes)
        var logged = Data()
        while logged.count < planted.bytes.count {
            let piece = log.fileHandleForReading.availableData
            guard !piece.isEmpty else { break }
            logged += piece
        }
        _ = try? output.fileHandleForReading.read(upToCount: 6)

        let pid = process.processIdentifier
        do throws(Refusal) {
            let nowhere = Planted(in: "nowhere").patterns
            judge("memory", try search(pid, for: planted.patterns + nowhere), planted, &report)
            judge("memory, connection open", try search(pid, for: sent.patterns), sent, &report)
        } catch {
            report.add("memory", lookedAt: "nothing", .notChecked, "The memory could not be read: \(error.reason).")
        }
        var logSearch = Search(for: PatternSearch(planted.patterns))
        logSearch.look(at: logged, in: "log")
        judge("log", logSearch, planted, &report)

        testProcess(pid, &report)

        // What was planted behind the connection could be found only as long as that was open.
        input.fileHandleForWriting.write(Data([0]))
        _ = try? output.fileHandleForReading.read(upToCount: 7)
        if let after = try? search(pid, for: sent.patterns) {
            let isGone = after.findings.isEmpty
            report.add(
                "memory, connection closed", lookedAt: "\(sent.patterns.count) patterns", isGone ? .clean : .found,
                isGone ? "Nothing of what was planted is found any more." : "Something that is not there was found.")
        }
    }

    private func search(_ pid: Int32, for patterns: [Pattern]) throws(Refusal) -> Search {
        var search = Search(for: PatternSearch(patterns))
        let memory = try ProcessMemory(of: pid)
        defer { memory.close() }
        _ = try memory.search(with: &search) { _ in }
        return search
    }

    private func testProcess(_ pid: Int32, _ report: inout AuditReport) {
        let watch = ProcessWatch(pid, listeningOn: 1)
        usleep(100_000)
        let sightings = watch.end()
        judge("connection", sightings.strangeSockets.count, "a connection that it opened", &report)
        judge("open file", sightings.writableFiles.count, "a file without a name, open for writing", &report)
        let facts = ProtectionFacts(of: pid)
        for protection in [Protection.notDumpable, .noNewPrivileges, .systemCalls] {
            // A process that is confined from outside has these without having asked for them.
            guard facts.seen(protection) == true else {
                judge("protection \(protection.rawValue)", 1, "a process without it", &report)
                continue
            }
            report.add(
                "protection \(protection.rawValue)", lookedAt: "nothing", .clean,
                "This environment puts it in force by itself, so its absence cannot be planted.")
        }
    }

    private func testFiles(_ report: inout AuditReport) {
        let planted = Planted(in: "file")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mystarion-audit-\(UUID().uuidString)/deep")
        let start = Int(Date().timeIntervalSince1970) - 1
        var search = Search(for: PatternSearch(planted.patterns))
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // Across the border of what is read at once.
            let padding = [UInt8](repeating: 7, count: (1 << 18) - planted.bytes.count / 2)
            try Data(padding + planted.bytes).write(to: folder.appendingPathComponent("planted"))
            let top = folder.deletingLastPathComponent()
            var files = ChangedFiles(in: [top.path], since: start)
            files.search(with: &search)
            judge("file", search, planted, &report)
            try FileManager.default.removeItem(at: top)
        } catch {
            report.add("file", lookedAt: "nothing", .notChecked, "No file could be written to plant something in.")
        }
    }

    private func testPages(_ report: inout AuditReport) {
        let planted = Planted(in: "page")
        guard let server = PageServer(answering: planted.bytes) else {
            return report.add("page", lookedAt: "nothing", .notChecked, "No port could be had.")
        }
        defer { server.stop() }
        let answer = HTTPAnswer.to(
            HTTPMessage(method: "GET", path: "/metrics"), from: ServerLocation(host: "127.0.0.1", port: server.port))
        var search = Search(for: PatternSearch(planted.patterns))
        search.look(at: answer.bytes, in: "page")
        judge("page", search, planted, &report)
    }

    // MARK: Judging

    private func judge(_ place: String, _ search: Search, _ planted: Planted, _ report: inout AuditReport) {
        let own = search.findings.filter { $0.canary == planted.patterns.first?.canary }
        let missing = Set(planted.patterns.map(\.form)).subtracting(own.map(\.form))
        let others = search.findings.count - own.count
        let isGood = missing.isEmpty && others == 0 && own.reduce(0) { $0 + $1.count } >= planted.patterns.count
        let names = missing.map(\.rawValue).sorted().joined(separator: ", ")
        report.add(
            place, lookedAt: "\(planted.patterns.count) patterns, \(Set(planted.patterns.map(\.form)).count) forms",
            isGood ? .clean : .found,
            isGood
                ? "All that was planted was found, and nothing else."
                : missing.isEmpty ? "Something was missed, or found that is not there." : "Not found: \(names).")
    }

    private func judge(_ place: String, _ count: Int, _ what: String, _ report: inout AuditReport) {
        report.add(
            place, lookedAt: what, count > 0 ? .clean : .found, count > 0 ? "It was noticed." : "It was not noticed.")
    }
}
