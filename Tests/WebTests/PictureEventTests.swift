import Foundation
import HTTPTypes
import Testing

@Suite("POST /api/pictures")
struct PictureEventTests {
    @Test("progress comes step by step, then the picture, then the end")
    func events() async throws {
        let answer = try await withServer { client in
            try await client.post("/api/pictures", #"{"prompt":"red heart","steps":3,"seed":9}"#)
        }
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/event-stream")
        let blocks = answer.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
        let names = blocks.map { $0.prefix { $0 != "\n" }.dropFirst("event: ".count) }
        #expect(names.filter { $0 != "queued" } == ["started", "step", "step", "step", "picture", "done"])
        let picture = try #require(blocks.first { $0.hasPrefix("event: picture") })
        #expect(picture.contains(#""seed":9,"width":64,"height":64,"format":"png","b64":"iVBOR"#))
        #expect(blocks.contains { $0.hasSuffix(#"data: {"completed":3,"total":3}"#) })
    }

    @Test("what is wrong is said as problem details before anything begins")
    func problem() async throws {
        let answer = try await withServer { try await $0.post("/api/pictures", #"{"prompt":""}"#) }
        #expect(answer.status == 400)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(try answer.json()["parameter"] as? String == "prompt")
    }

    @Test("an engine that fails ends the stream with an error event")
    func failure() async throws {
        let answer = try await withServer(FakeEngine(fails: true)) { client in
            try await client.post("/api/pictures", #"{"prompt":"canary"}"#)
        }
        #expect(answer.text.contains("event: error\ndata: {"))
        #expect(!answer.text.contains("canary"))
    }

    @Test("when the client goes away, the work stops", arguments: ["/api/pictures", "/v1/images/generations", "/"])
    func cancellation(path: String) async throws {
        let engine = FakeEngine(stepTime: 0.02)
        try await withServer(engine) { client in
            let request = Task {
                if path == "/" {
                    try await client.post(path, "prompt=x&steps=150", type: "application/x-www-form-urlencoded")
                } else {
                    try await client.post(path, #"{"prompt":"x","steps":150}"#)
                }
            }
            while engine.steps < 3 { try await Task.sleep(for: .milliseconds(5)) }
            request.cancel()
            _ = await request.result
            try await Task.sleep(for: .milliseconds(300))
            let steps = engine.steps
            #expect(steps < 100)
            try await Task.sleep(for: .milliseconds(300))
            #expect(engine.steps == steps)
            try await client.expect(200) { try await $0.get("/healthz") }
        }
    }
}
