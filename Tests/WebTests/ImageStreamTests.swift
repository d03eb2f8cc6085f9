import Foundation
import HTTPTypes
import Imaging
import Studio
import Testing

@Suite("Streams of the OpenAI API")
struct ImageStreamTests {
    /// The events' names and objects, in their order.
    private func events(_ answer: Answer) throws -> [(name: String, data: [String: Any])] {
        #expect(answer.text.hasPrefix(": \n\n"))
        return try answer.events()
    }

    @Test("each picture comes by itself, with all that the libraries' types have")
    func completed() async throws {
        let answer = try await withServer { client in
            try await client.generate(
                #"{"prompt":"red heart","stream":true,"n":2,"seed":5,"size":"96x64","quality":"hd","output_format":"jpeg"}"#
            )
        }
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/event-stream")
        #expect(!answer.text.contains("[DONE]"))
        let events = try events(answer)
        #expect(events.map(\.name) == ["image_generation.completed", "image_generation.completed"])
        #expect(Set(events.compactMap { $0.data["seed"] as? Int }) == [5, 6])
        for (name, data) in events {
            #expect(data["type"] as? String == name)
            #expect(data["created_at"] is Int)
            #expect(data["size"] as? String == "96x64")
            #expect(data["quality"] as? String == "high")
            #expect(data["background"] as? String == "opaque")
            #expect(data["output_format"] as? String == "jpeg")
            #expect(data["partial_image_index"] == nil)
            let text = try #require(data["b64_json"] as? String)
            let picture = try ImageDecoder.decode(Array(try #require(Data(base64Encoded: text))))
            let size = (picture.width, picture.height)
            #expect(size == (96, 64))
        }
    }

    @Test("partial images are asked of the studio")
    func previews() async throws {
        let engine = FakeEngine()
        _ = try await withServer(engine) { client in
            _ = try await client.generate(#"{"prompt":"x","stream":true,"partial_images":3}"#)
            return try await client.generate(#"{"prompt":"x","stream":true,"partial_images":0}"#)
        }
        #expect(engine.settings.map(\.previews) == [.count(3), .none])
    }

    @Test("what is wrong is said before the stream begins")
    func problem() async throws {
        let answer = try await withServer { try await $0.generate(#"{"prompt":"canary","stream":true,"steps":0}"#) }
        #expect(answer.status == 400)
        #expect(try answer.error()["param"] as? String == "steps")
    }

    @Test("what fails later ends the stream with the same error object")
    func failure() async throws {
        let answer = try await withServer(FakeEngine(fails: true)) { client in
            try await client.generate(#"{"prompt":"canary","stream":true}"#)
        }
        #expect(answer.status == 200)
        let events = try events(answer)
        #expect(events.map(\.name) == ["error"])
        let error = try #require(events.first?.data["error"] as? [String: Any])
        #expect(Set(error.keys) == ["message", "type", "param", "code"])
        #expect(error["type"] as? String == "server_error")
        #expect(!answer.text.contains("canary"))
    }

    @Test("when the client goes away, the work stops")
    func cancellation() async throws {
        let engine = FakeEngine(stepTime: 0.02)
        try await withServer(engine) { client in
            let request = Task { try await client.generate(#"{"prompt":"x","steps":150,"stream":true}"#) }
            while engine.steps < 3 { await Task.yield() }
            request.cancel()
            _ = await request.result
            // Whoever comes next waits for no more than one step of who has gone.
            try await client.expect(200) { try await $0.generate(#"{"prompt":"x","steps":1}"#) }
            #expect(engine.steps < 100)
        }
    }
}
