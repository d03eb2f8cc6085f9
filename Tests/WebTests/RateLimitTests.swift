import HTTPTypes
import Testing
import Web

@Suite("Limits for one requester")
struct RateLimitTests {
    private let limited = WebConfiguration(
        port: 0, rateLimits: RateLimits(requestsPerMinute: 3, workPerMinute: 1_000_000),
        forwardedField: .xForwardedFor)
    private let body = #"{"prompt":"x"}"#

    @Test("answers say what the limits are and what is left of them")
    func fields() async throws {
        let answer = try await withServer(configuration: limited) { try await $0.generate(body) }
        #expect(answer.status == 200)
        #expect(
            answer.headers[try name("RateLimit-Policy")]
                == #""requests";q=3;w=60, "work";q=1000000;w=60;qu="pixel-steps""#)
        // Some of it may have come back already.
        let rest = try #require(answer.headers[try name("RateLimit")])
        #expect(rest.hasPrefix(#""requests";r=2;t="#))
        #expect(rest.contains(#", "work";r=9"#))
    }

    @Test("without limits there are no such fields")
    func noLimits() async throws {
        let answer = try await withServer { try await $0.generate(body) }
        #expect(answer.headers[try name("RateLimit")] == nil)
    }

    @Test("beyond the requests every interface refuses in its own words, and says when there are more")
    func requests() async throws {
        try await withServer(configuration: limited) { client in
            for _ in 0..<3 { try await client.expect(200) { try await $0.generate(body) } }
            let answer = try await client.generate(body)
            #expect(answer.status == 429)
            #expect(try answer.error()["code"] as? String == "rate_limit_exceeded")
            #expect(try (1...20).contains(#require(answer.headers[.retryAfter].flatMap { Int($0) })))
            let problem = try await client.post("/api/pictures", body)
            #expect(problem.status == 429)
            #expect(try problem.json()["code"] as? String == "rate_limit_exceeded")
            #expect(answer.headers[.cacheControl] == "no-store")
            try await client.expect(200) { try await $0.get("/") }
        }
    }

    @Test("work counts as much as requests", arguments: ["/v1/images/generations", "/api/pictures"])
    func work(path: String) async throws {
        let engine = FakeEngine()
        try await withServer(engine, configuration: limited) { client in
            // 64 × 64 × 150 × 10 is more than a minute's worth.
            try await client.expect(200) { try await $0.post(path, #"{"prompt":"x","steps":150,"n":10}"#) }
            try await client.expect(429) { try await $0.post(path, body) }
        }
        #expect(engine.prompts == ["x"])
    }

    @Test("behind a proxy every network has limits of its own, and none is logged")
    func behindProxy() async throws {
        let log = CapturedLog()
        try await withServer(log: log, configuration: limited) { client in
            let field = try name("X-Forwarded-For")
            for last in 1...5 {
                try await client.expect(200) {
                    try await $0.post("/api/pictures", body, headers: [field: "203.0.113.1, 192.0.2.\(last)"])
                }
            }
            for _ in 0..<2 { _ = try await client.post("/api/pictures", body, headers: [field: "192.0.2.1"]) }
            try await client.expect(429) {
                try await $0.post("/api/pictures", body, headers: [field: "192.0.2.9, 192.0.2.1"])
            }
        }
        #expect(!log.lines.contains { $0.contains("192.0") || $0.contains("203.0") })
    }

    private func name(_ text: String) throws -> HTTPField.Name { try #require(HTTPField.Name(text)) }
}
