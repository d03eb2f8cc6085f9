import Testing

@Suite("The log")
struct EventLogTests {
    @Test("it has a line a request, with no text of any request")
    func noText() async throws {
        let log = CapturedLog()
        try await withServer(log: log) { client in
            _ = try await client.generate(#"{"prompt":"canary"}"#)
            _ = try await client.generate(#"{"prompt":"canary","size":"canary"}"#)
            _ = try await client.get("/canary?canary=canary")
            _ = try await client.get("/v1/models/canary")
            _ = try await client.get("/?canary")
        }
        #expect(log.lines.filter { $0.contains("answered") }.count == 5)
        #expect(log.lines.contains { $0.contains("answered imageGenerations with 200") })
        #expect(log.lines.contains { $0.contains("answered unknown with 404") })
        #expect(log.lines.contains { $0.contains("answered model with 404") })
        #expect(!log.lines.contains { $0.contains("canary") || $0.contains("127.0.0.1") })
    }
}
