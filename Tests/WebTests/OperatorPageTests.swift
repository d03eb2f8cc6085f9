import Dispatch
import HTTPTypes
import Moderation
import Studio
import Testing
import Web

@Suite("What operators ask")
struct OperatorPageTests {
    @Test("a server that has nothing against requests is ready")
    func ready() async throws {
        try await withServer { client in
            let answer = try await client.get("/readyz")
            #expect(answer.status == 200)
            #expect(answer.text == "ready\n")
        }
    }

    @Test("a server whose queue is full is not ready, and is again when there is room")
    func full() async throws {
        let bounds = StudioConfiguration(maximumBatch: 1, maximumQueue: 1)
        let gate = DispatchSemaphore(value: 0)
        try await withServer(FakeEngine(gate: gate), bounds: bounds) { client in
            async let first = client.generate(#"{"prompt":"x"}"#)
            async let second = client.generate(#"{"prompt":"x"}"#)
            let answer = try await firstObstacle(client)
            #expect(answer.text == "full\n")
            #expect(answer.headers[.retryAfter] != nil)
            for _ in 0..<20 { gate.signal() }
            _ = try await (first, second)
            try await client.expect(200) { try await $0.get("/readyz") }
        }
    }

    @Test("a server whose work makes no progress is not ready")
    func stuck() async throws {
        let metrics = ServiceMetrics(version: "test")
        metrics.record(.waited(.zero))
        let gate = DispatchSemaphore(value: 0)
        try await withServer(FakeEngine(gate: gate), metrics: metrics, stuckAfter: .milliseconds(1)) { client in
            async let picture = client.generate(#"{"prompt":"x"}"#)
            #expect(try await firstObstacle(client).text == "stuck\n")
            for _ in 0..<10 { gate.signal() }
            _ = try await picture
            try await client.expect(200) { try await $0.get("/readyz") }
        }
    }

    /// Asks until something speaks against requests, for a minute at most.
    private func firstObstacle(_ client: TestClient) async throws -> Answer {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let answer = try await client.get("/readyz")
            if answer.status == 503 || ContinuousClock.now > end { return answer }
        }
    }

    @Test("answers are counted by address and class of status, and nothing of a request is a label")
    func answers() async throws {
        try await withServer { client in
            _ = try await client.generate(#"{"prompt":"canary"}"#)
            _ = try await client.generate(#"{"prompt":"canary","size":"canary"}"#)
            _ = try await client.get("/canary?canary=canary")
            _ = try await client.get("/v1/models/canary")
            let text = try await client.get("/metrics").text
            let lines = text.split(separator: "\n")
            let requests = "mystarion_http_requests_total"
            #expect(lines.contains(#"\#(requests){route="/v1/images/generations",status="2xx"} 1"#))
            #expect(lines.contains(#"\#(requests){route="/v1/images/generations",status="4xx"} 1"#))
            #expect(lines.contains(#"\#(requests){route="unknown",status="4xx"} 1"#))
            #expect(lines.contains(#"\#(requests){route="/v1/models/{id}",status="4xx"} 1"#))
            #expect(lines.contains(#"mystarion_build_info{version="test"} 1"#))
            #expect(lines.contains("mystarion_ready 1"))
            #expect(!text.contains("canary"))
        }
    }

    @Test("where metrics are not served, nothing is at their address")
    func withheld() async throws {
        try await withServer(configuration: WebConfiguration(port: 0, servesMetrics: false)) { client in
            try await client.expect(404) { try await $0.get("/metrics") }
        }
    }

    @Test("only this machine is told metrics unless somebody wants otherwise")
    func defaults() {
        #expect(WebConfiguration().servesMetrics)
        #expect(!WebConfiguration(host: "0.0.0.0").servesMetrics)
        #expect(WebConfiguration(host: "0.0.0.0", servesMetrics: true).servesMetrics)
    }

    @Test("what the studio tells is counted")
    func measurements() async throws {
        let rules = [PolicyRule(identifier: "violence", message: "No violence.")]
        let metrics = ServiceMetrics(version: "test", rules: rules)
        for measurement: StudioMeasurement in [
            .waited(.seconds(3)), .step(.milliseconds(20), batch: 4), .picture(pixels: 4096), .picture(pixels: 4096),
            .cancelled, .timedOut, .turnedAway, .refused(rules[0]), .failed(.denoising),
            .refused(PolicyRule(identifier: "canary", message: "Of no policy.")),
        ] {
            metrics.record(measurement)
        }
        let text = try await withServer(metrics: metrics) { client in try await client.get("/metrics").text }
        for line in [
            #"mystarion_queue_wait_seconds_bucket{le="2.5"} 0"#, #"mystarion_queue_wait_seconds_bucket{le="5"} 1"#,
            #"mystarion_step_duration_seconds_bucket{le="0.025"} 1"#, #"mystarion_step_batch_size_bucket{le="4"} 1"#,
            "mystarion_pictures_total 2", "mystarion_pixels_total 8192", "mystarion_cancellations_total 1",
            "mystarion_timeouts_total 1", "mystarion_turned_away_total 1",
            #"mystarion_refusals_total{rule="violence"} 1"#, #"mystarion_failures_total{stage="denoising"} 1"#,
            #"mystarion_failures_total{stage="encoding"} 0"#,
        ] {
            #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)")
        }
        #expect(!text.contains("canary"))
    }
}
