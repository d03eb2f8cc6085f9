import Foundation
import Privacy
import Testing

@testable import Audit

@Suite("The places that an audit looks at")
struct PlaceTests {
    @Test("a line of the kernel's list of sockets is read")
    func socketLine() {
        let listening: Substring =
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0 100"
        #expect(
            SocketTable.parse(listening, kind: "tcp")
                == SocketTable.Entry(kind: "tcp", localPort: 8080, hasPeer: false, isListening: true, inode: 31337))
        #expect(SocketTable.parse("nonsense", kind: "tcp") == nil)
    }

    @Test("a server may listen on its port and be called there, and nothing else")
    func sockets() {
        func problem(_ kind: String, _ port: Int, hasPeer: Bool, isListening: Bool) -> String? {
            ProcessWatch.problem(
                of: SocketTable.Entry(
                    kind: kind, localPort: port, hasPeer: hasPeer, isListening: isListening, inode: 1), port: 8080)
        }
        #expect(problem("tcp", 8080, hasPeer: false, isListening: true) == nil)
        #expect(problem("tcp6", 8080, hasPeer: true, isListening: false) == nil)
        #expect(problem("tcp", 8081, hasPeer: false, isListening: true) != nil)
        #expect(problem("tcp", 40_000, hasPeer: true, isListening: false) != nil)
        #expect(problem("udp", 8080, hasPeer: false, isListening: false) != nil)
    }

    @Test("only files that changed since the start are read, and a folder inside another one once")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let inner = folder.appendingPathComponent("inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let canary = Canary("file")
        try Data(canary.prompt.utf8).write(to: inner.appendingPathComponent("new"))
        var patterns: [Pattern] = []
        patterns.add(canary.textPatterns, of: canary)
        func findings(since start: Int) -> Int {
            var search = Search(for: PatternSearch(patterns))
            var files = ChangedFiles(in: [inner.path, folder.path], since: start)
            files.search(with: &search)
            return search.findings.reduce(0) { $0 + $1.count }
        }
        let now = Int(Date().timeIntervalSince1970)
        // Two words and the ideographs.
        #expect(findings(since: now - 60) == 3)
        #expect(findings(since: now + 60) == 0)
    }

    @Test("what the server says of its protections is read from its page, or else from its log in either format")
    func words() {
        let page = #"HTTP/1.1 200 OK\#r\#n\#r\#n{"protections":[{"protection":"files","in_force":false}]}"#
        let logs = [
            "2026-11-23T01:00:00Z notice in force: erase-on-free,ports; waived: files\n",
            #"{"time":"…","event":"protected","in_force":"erase-on-free,ports","level":"notice","waived":"files"}"#,
        ]
        var facts = ProtectionFacts(of: 1)
        facts.hear(HTTPAnswer(Array(page.utf8)), log: [])
        #expect(facts.word == [.files: false])
        for log in logs {
            var facts = ProtectionFacts(of: 1)
            facts.hear(HTTPAnswer([]), log: Array(log.utf8))
            #expect(facts.word == [.eraseOnFree: true, .ports: true, .files: false])
        }
    }

    @Test("an answer in chunks is put together")
    func chunks() {
        let answer = HTTPAnswer(
            Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8))
        #expect(answer.status == 200)
        #expect(answer.body == Array("abcde".utf8))
    }
}

@Suite("An audit's report")
struct ReportTests {
    @Test("is as bad as its worst row")
    func worst() {
        var report = AuditReport()
        report.add("one", lookedAt: "", .clean, "")
        #expect(report.result == .clean)
        report.add("two", lookedAt: "", .notChecked, "")
        #expect(report.result == .notChecked)
        report.add("three", lookedAt: "", .found, "")
        #expect(report.result == .found)
    }

    @Test("says what was found and where, and never the canary itself")
    func redacted() throws {
        let canary = Canary("/api/pictures, completed")
        var patterns: [Pattern] = []
        patterns.add(canary.textPatterns, of: canary)
        var search = Search(for: PatternSearch(patterns))
        search.look(at: Array(canary.prompt.utf8), in: "a file")
        var report = AuditReport()
        report.add("files", search, lookedAt: "", clean: "", found: "Something is left.")
        for text in [report.table, try report.json] {
            #expect(text.contains("/api/pictures, completed") && text.contains("a file"))
            #expect(!text.contains(canary.words[0]) && !text.contains(canary.ideographs))
        }
    }
}
