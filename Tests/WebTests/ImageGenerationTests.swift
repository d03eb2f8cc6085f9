import Foundation
import Imaging
import Studio
import Testing

@Suite("POST /v1/images/generations")
struct ImageGenerationTests {
    private func pictures(_ answer: Answer) throws -> [[String: Any]] {
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        return try #require(try answer.json()["data"] as? [[String: Any]])
    }

    private func bytes(_ answer: Answer) throws -> [UInt8] {
        let text = try #require(try pictures(answer).first?["b64_json"] as? String)
        return Array(try #require(Data(base64Encoded: text)))
    }

    @Test("a prompt alone gives one PNG of the model's own size")
    func promptAlone() async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) { try await $0.generate(#"{"prompt":"red heart"}"#) }
        let picture = try ImageDecoder.decode(try bytes(answer))
        let width = picture.width
        #expect(width == 64)
        #expect(engine.prompts == ["red heart"])
        #expect(engine.settings.first?.steps == 10)
        let json = try answer.json()
        #expect(json["created"] is Int)
        #expect(json["size"] as? String == "64x64")
        #expect(json["output_format"] as? String == "png")
        #expect(json["background"] as? String == "opaque")
    }

    @Test("one seed gives the same bytes, another seed others")
    func seeds() async throws {
        let answers = try await withServer { client in
            [
                try await client.generate(#"{"prompt":"red heart","seed":7}"#),
                try await client.generate(#"{"prompt":"red heart","seed":7}"#),
                try await client.generate(#"{"prompt":"red heart","seed":8}"#),
            ]
        }
        #expect(try bytes(answers[0]) == bytes(answers[1]))
        #expect(try bytes(answers[0]) != bytes(answers[2]))
    }

    @Test("several pictures have seeds that follow each other")
    func count() async throws {
        let answer = try await withServer { try await $0.generate(#"{"prompt":"x","n":3,"seed":40}"#) }
        #expect(try pictures(answer).map { $0["seed"] as? Int } == [40, 41, 42])
    }

    @Test("every setting reaches the engine")
    func settings() async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) { client in
            try await client.generate(
                """
                {"prompt":"x","negative_prompt":"y","model":"fake-model","size":"128x96","steps":3,
                 "guidance_scale":2.5,"sampler":"euler","seed":18446744073709551000,"user":"u","style":"vivid",
                 "moderation":"low","background":"opaque","partial_images":0,"stream":false}
                """)
        }
        #expect(answer.status == 200)
        let settings = try #require(engine.settings.first)
        #expect((settings.width, settings.height, settings.steps) == (128, 96, 3))
        #expect(settings.guidanceScale == 2.5)
        #expect(settings.sampler == "euler")
        #expect(settings.seed == 18_446_744_073_709_551_000)
        #expect(engine.negativePrompts == ["y"])
    }

    @Test("null stands for every optional setting, as libraries send it")
    func nulls() async throws {
        let answer = try await withServer { client in
            try await client.generate(
                """
                {"prompt":"x","model":null,"n":null,"size":null,"quality":null,"style":null,"response_format":null,
                 "output_format":null,"output_compression":null,"stream":null,"partial_images":null,
                 "background":null,"moderation":null,"user":null,"seed":null,"steps":null,"guidance_scale":null,
                 "negative_prompt":null,"sampler":null}
                """)
        }
        #expect(answer.status == 200)
    }

    @Test(
        "quality decides the steps, unless they are given",
        arguments: [("low", 5), ("medium", 10), ("standard", 10), ("auto", 10), ("high", 20), ("hd", 20)])
    func quality(word: String, steps: Int) async throws {
        let engine = FakeEngine()
        _ = try await withServer(engine) { client in
            _ = try await client.generate(#"{"prompt":"x","quality":"\#(word)"}"#)
            return try await client.generate(#"{"prompt":"x","quality":"\#(word)","steps":4}"#)
        }
        #expect(engine.settings.map(\.steps) == [steps, 4])
    }

    @Test("formats come as asked", arguments: ImageFormat.allCases)
    func formats(format: ImageFormat) async throws {
        let answer = try await withServer { client in
            try await client.generate(
                #"{"prompt":"x","output_format":"\#(format.rawValue)","output_compression":80}"#)
        }
        let found = imageFormat(of: try bytes(answer))
        #expect(found == format)
    }

    @Test("url gives an address that holds the picture itself")
    func url() async throws {
        let answer = try await withServer { try await $0.generate(#"{"prompt":"x","response_format":"url"}"#) }
        let picture = try #require(try pictures(answer).first)
        #expect((picture["url"] as? String)?.hasPrefix("data:image/png;base64,iVBOR") == true)
        #expect(picture["b64_json"] == nil)
    }

    @Test(
        "prompts arrive exactly as they were meant",
        arguments: [
            (#""a\u0020\"b\"\\\/\n\t""#, "a \"b\"\\/\n\t"), (#""\ud83d\ude00 \u00e9""#, "😀 é"), (#""日本 😀""#, "日本 😀"),
        ])
    func escapes(json: String, prompt: String) async throws {
        let engine = FakeEngine()
        _ = try await withServer(engine) { try await $0.generate(#"{"prompt":\#(json)}"#) }
        #expect(engine.prompts == [prompt])
    }
}

private func imageFormat(of bytes: [UInt8]) -> ImageFormat? {
    ImageFormat(signatureOf: bytes.span)
}
