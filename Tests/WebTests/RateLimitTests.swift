import Dispatch
import HTTPTypes
import Studio
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
        let rest = try #require(answer.headers[try name("RateLimit")])
        // In quarters: three requests' are 0, 0, 1 and 2.
        #expect(rest.hasPrefix(#""requests";r=2;t=15"#) || rest.hasPrefix(#""requests";r=1;t=30"#))
        #expect(rest.hasSuffix(#", "work";r=1000000;t=0"#))
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
            // 64 × 64 × 150 × 10 is more than a minute's worth, and takes all of it.
            let large = #"{"prompt":"x","steps":150,"n":10}"#
            try await client.expect(200) { try await $0.post(path, large) }
            let answer = try await client.post(path, large)
            #expect(answer.status == 429)
            #expect(try (1...60).contains(#require(answer.headers[.retryAfter].flatMap { Int($0) })))
        }
        #expect(engine.prompts == ["x"])
    }

    @Test(
        "what asks for more than there is in numbers is refused for that and charged for nothing",
        arguments: [
            ("/v1/images/generations", #"{"prompt":"x","n":9223372036854775807}"#),
            ("/v1/images/generations", #"{"prompt":"x","steps":9223372036854775807}"#),
            ("/v1/images/generations", #"{"prompt":"x","size":"9223372036854775744x9223372036854775744"}"#),
            ("/api/pictures", #"{"prompt":"x","n":1000000,"steps":1000000000,"width":1000000000,"height":1000000000}"#),
            ("/api/pictures", #"{"prompt":"x","steps":9223372036854775807}"#),
            ("/sdapi/v1/txt2img", #"{"prompt":"x","steps":9223372036854775807,"batch_size":10}"#),
            ("/sdapi/v1/txt2img", #"{"prompt":"x","width":9223372036854775744,"height":9223372036854775744}"#),
            ("/", "prompt=x&steps=9223372036854775807&size=9223372036854775744x9223372036854775744&n=9"),
            ("/api/pictures", "no JSON"), ("/api/pictures", #"{"prompt":"x","canary":1}"#), ("/v1/images/edits", "{}"),
        ])
    func invalid(path: String, body: String) async throws {
        try await withServer(configuration: limited) { client in
            let type = path == "/" ? "application/x-www-form-urlencoded" : "application/json"
            for _ in 0..<10 {
                let answer = try await client.post(path, body, type: type)
                #expect(answer.status == (path.hasPrefix("/sdapi") ? 422 : 400))
                #expect(answer.headers[try name("RateLimit")] == #""requests";r=3;t=0, "work";r=1000000;t=0"#)
            }
            for _ in 0..<3 { try await client.expect(200) { try await $0.generate(self.body) } }
            try await client.expect(429) { try await $0.generate(self.body) }
        }
    }

    @Test("what cannot make a picture is charged for nothing, whoever made a browser send it")
    func uncharged() async throws {
        let foreign: HTTPFields = [.origin: "https://evil.example", try name("Sec-Fetch-Site"): "cross-site"]
        try await withServer(configuration: limited) { client in
            for _ in 0..<10 {
                for path in ["/api/pictures", "/v1/images/generations", "/sdapi/v1/txt2img", "/", "/v1/images/edits"] {
                    try await client.expect(403) { try await $0.post(path, body, headers: foreign) }
                    try await client.expect(415) { try await $0.post(path, body, type: "text/plain") }
                    try await client.expect(405) { try await $0.send(path, method: .put) }
                }
                try await client.expect(404) { try await $0.post("/canary", body) }
                try await client.expect(405) { try await $0.post("/healthz", body) }
                try await client.expect(413) { try await $0.generate(String(repeating: " ", count: 1 << 20 | 1)) }
                try await client.expect(200) { try await $0.post("/sdapi/v1/interrupt", "") }
                try await client.expect(400) { try await $0.generate(#"{"prompt":"nude child"}"#) }
            }
            for _ in 0..<3 { try await client.expect(200) { try await $0.generate(body) } }
            try await client.expect(429) { try await $0.generate(body) }
            // What stops work needs no leave.
            try await client.expect(200) { try await $0.post("/sdapi/v1/interrupt", "") }
        }
    }

    @Test("another site's page is refused for what it is, also when nothing is left of the limits")
    func order() async throws {
        let foreign: HTTPFields = [.origin: "https://evil.example", try name("Sec-Fetch-Site"): "cross-site"]
        try await withServer(configuration: limited) { client in
            for _ in 0..<3 { try await client.expect(200) { try await $0.generate(body) } }
            try await client.expect(429) { try await $0.generate(body) }
            let answer = try await client.post("/api/pictures", body, headers: foreign)
            #expect(answer.status == 403)
            #expect(answer.headers[try name("RateLimit")] == nil)
        }
    }

    @Test("what is given up while it waits, or finds no room, is charged for nothing")
    func unmade() async throws {
        let gate = DispatchSemaphore(value: 0)
        let engine = FakeEngine(gate: gate)
        var studio = StudioConfiguration(maximumBatch: 1, maximumQueue: 0)
        studio.requesterShare = 100
        var configuration = limited
        configuration.rateLimits = RateLimits(requestsPerMinute: 3, workPerMinute: 1_000_000)
        try await withServer(engine, configuration: configuration, bounds: studio) { client in
            async let first = client.generate(body)
            while engine.prompts.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            for _ in 0..<10 {
                try await client.expect(503) { try await $0.generate(body) }
                try await client.expect(503) { try await $0.post("/sdapi/v1/txt2img", body) }
            }
            for _ in 0..<50 { gate.signal() }
            _ = try await first
            for _ in 0..<2 { try await client.expect(200) { try await $0.generate(body) } }
            try await client.expect(429) { try await $0.generate(body) }
        }
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
