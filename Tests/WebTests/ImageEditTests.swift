import Foundation
import HTTPTypes
import Imaging
import Studio
import Testing

@Suite("POST /v1/images/edits and /v1/images/variations")
struct ImageEditTests {
    private let edits = "/v1/images/edits"
    private let variations = "/v1/images/variations"

    @Test("a form with a picture and a prompt gives a picture of the same size", arguments: ["image", "image[]"])
    func form(name: String) async throws {
        let engine = FakeEngine()
        let form = TestForm(["prompt": "a \"fox\"", "seed": "7"]).with(name, try samplePNG(width: 72, height: 64))
        let answer = try await withServer(engine) { try await $0.post(edits, form) }
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(try answer.json()["size"] as? String == "72x64")
        #expect(engine.prompts == ["a \"fox\""])
        #expect(engine.settings.first?.strength == 0.75)
        #expect(
            engine.initialPictures == [FakeEngine.InitialPicture(width: 72, height: 64, color: [200, 40, 40])])
    }

    @Test("JSON with a data URL does the same")
    func json() async throws {
        let engine = FakeEngine()
        let file = Data(try samplePNG(width: 64, height: 64)).base64EncodedString()
        let answer = try await withServer(engine) { client in
            try await client.post(
                edits, #"{"prompt":"x","images":[{"image_url":"data:image/png;base64,\#(file)"}],"strength":0.3}"#)
        }
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(engine.settings.first?.strength == 0.3)
        #expect(engine.initialPictures.first?.color == [200, 40, 40])
    }

    @Test("every setting of a form reaches the engine")
    func settings() async throws {
        let engine = FakeEngine()
        let form = TestForm([
            "prompt": "x", "negative_prompt": "y", "model": "gpt-image-1", "n": "2", "size": "128x64", "steps": "3",
            "guidance_scale": "2.5", "sampler": "euler", "seed": "18446744073709551000", "user": "u",
            "safety_identifier": "s", "quality": "xhigh", "output_format": "webp", "output_compression": "50",
            "response_format": "url", "background": "auto", "input_fidelity": "high", "stream": "false",
        ])
        let picture = try samplePNG(width: 64, height: 64)
        let answer = try await withServer(engine) { try await $0.post(edits, form.with("image", picture)) }
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        let json = try answer.json()
        #expect(json["quality"] as? String == "xhigh")
        let pictures = try #require(json["data"] as? [[String: Any]])
        #expect(pictures.count == 2)
        #expect((pictures[0]["url"] as? String)?.hasPrefix("data:image/webp;base64,") == true)
        let settings = try #require(engine.settings.first)
        #expect((settings.width, settings.height, settings.steps, settings.count) == (128, 64, 3, 2))
        #expect((settings.guidanceScale, settings.strength) == (2.5, 0.5))
        #expect(settings.sampler == "euler")
        #expect(settings.seed == 18_446_744_073_709_551_000)
        #expect(engine.negativePrompts == ["y"])
    }

    @Test("with a mask, what it marks is drawn from noise")
    func mask() async throws {
        let engine = FakeEngine()
        let form = TestForm(["prompt": "x"]).with("image", try samplePNG(width: 64, height: 64))
            .with("mask", try samplePNG(width: 64, height: 64, leftOpacity: 0))
        let answer = try await withServer(engine) { try await $0.post(edits, form) }
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(engine.settings.first?.strength == 1)
    }

    @Test("an edit can be streamed")
    func stream() async throws {
        let form = TestForm(["prompt": "x", "stream": "true", "partial_images": "2"])
            .with("image", try samplePNG(width: 64, height: 64))
        let answer = try await withServer { try await $0.post(edits, form) }
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/event-stream")
        #expect(answer.text.contains("event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\","))
        #expect(!answer.text.contains("image_generation"))
    }

    @Test("a variation needs a picture alone")
    func variation() async throws {
        let engine = FakeEngine()
        let form = TestForm(["n": "2", "response_format": "b64_json", "size": "64x64"])
            .with("image", try samplePNG(width: 100, height: 50))
        let answer = try await withServer(engine) { try await $0.post(variations, form) }
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        #expect((try answer.json()["data"] as? [Any])?.count == 2)
        #expect(engine.prompts == [""])
        #expect(engine.initialPictures.first == .init(width: 64, height: 64, color: [200, 40, 40]))
        #expect(engine.settings.first?.strength == 0.5)
    }

    @Test(
        "without a size it is the picture's own",
        arguments: [(64, 64), (96, 64), (67, 71), (400, 400), (800, 400), (8, 8), (1_000, 10), (2_100, 40)])
    func automaticSize(width: Int, height: Int) async throws {
        let form = TestForm(["prompt": "x", "size": "auto"])
            .with("image", try samplePNG(width: width, height: height))
        let answer = try await withServer { try await $0.post(edits, form) }
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(try answer.json()["size"] as? String == "\(width)x\(height)")
        let picture = try decodedPicture(answer)
        let shape = [picture.width, picture.height]
        #expect(shape == [width, height])
    }

    @Test("with a mask, what it does not mark stays to the bit, also where the model works at another size")
    func kept() async throws {
        let (width, height) = (90, 70)
        let picture = PixelBuffer(
            width: width, height: height, channels: 3,
            bytes: (0..<width * height).flatMap { [UInt8($0 % width), UInt8($0 / width), 7] })
        let original = picture.withUnsafeBytes { Array($0) }
        let form = TestForm(["prompt": "x", "seed": "5"]).with("image", try picture.encoded(as: .png))
            .with("mask", try samplePNG(width: width, height: height, leftOpacity: 0))
        let answer = try await withServer { try await $0.post(edits, form) }
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        let bytes = try decodedPicture(answer).withUnsafeBytes { Array($0) }
        for index in original.indices {
            let expected = index / 3 % width < width / 2 ? 5 : original[index]
            #expect(bytes[index] == expected)
        }
    }

    @Test("a picture's own transparency is the mask where there is none")
    func ownTransparency() async throws {
        let engine = FakeEngine()
        let hole = try samplePNG(width: 64, height: 64, leftOpacity: 0)
        let (edited, varied) = try await withServer(engine) { client in
            (
                try await client.post(edits, TestForm(["prompt": "x", "seed": "5"]).with("image", hole)),
                try await client.post(variations, TestForm(["seed": "5"]).with("image", hole))
            )
        }
        let bytes = try decodedPicture(edited).withUnsafeBytes { Array($0) }
        let color: [UInt8] = [200, 40, 40]
        for index in bytes.indices {
            let expected = index / 3 % 64 < 32 ? 5 : color[index % 3]
            #expect(bytes[index] == expected)
        }
        // A variation is of the whole picture.
        let all = try decodedPicture(varied).withUnsafeBytes { Set($0) }
        #expect(all == [5])
        #expect(engine.settings.first?.strength != nil)
    }

    @Test("a picture of other proportions is cut, not distorted")
    func proportions() async throws {
        let engine = FakeEngine()
        // The outer quarters are of another colour, and must not be in what is left.
        let middle: [UInt8] = [9, 99, 199]
        let row = (0..<128).flatMap { (x: Int) -> [UInt8] in 32..<96 ~= x ? middle : [255, 255, 255] }
        let bytes = (0..<64).flatMap { _ in row }
        let picture = PixelBuffer(width: 128, height: 64, channels: 3, bytes: bytes)
        let form = TestForm(["prompt": "x", "size": "64x64"]).with("image", try picture.encoded(as: .png))
        _ = try await withServer(engine) { try await $0.post(edits, form) }
        #expect(engine.initialPictures == [.init(width: 64, height: 64, color: [9, 99, 199])])
    }

    @Test("the error names the parameter and repeats nothing of the form")
    func mistakes() async throws {
        let picture = try samplePNG(width: 64, height: 64)
        let good = TestForm(["prompt": "canary"]).with("image", picture)
        let cases: [(form: TestForm, parameter: String?, code: String)] = [
            (TestForm(["prompt": "canary"]), "image", "missing_required_parameter"),
            (TestForm().with("image", picture), "prompt", "missing_required_parameter"),
            (TestForm(["prompt": " "]).with("image", picture), "prompt", "missing_required_parameter"),
            (good.with("image[]", picture), "image", "unsupported_value"),
            (good.with("image", picture), "image", "unsupported_value"),
            (good.with("mask", picture), "mask", "invalid_value"),
            (good.with("mask", try samplePNG(width: 64, height: 64, leftOpacity: 255)), "mask", "invalid_value"),
            (good.with("mask", try samplePNG(width: 64, height: 32, leftOpacity: 0)), "mask", "invalid_value"),
            (good.with("mask", Array(picture.dropLast(9))), "mask", "invalid_value"),
            (good.with("strange", picture), "strange", "unknown_parameter"),
            (good.with("a canary?", picture), nil, "unknown_parameter"),
            (TestForm(["prompt": "x"]).with("image", Array("canary".utf8)), "image", "invalid_value"),
            (TestForm(["prompt": "x", "n": "canary"]).with("image", picture), "n", "invalid_type"),
            (TestForm(["prompt": "x", "prompt": "canary"]).with("image", picture), "prompt", "invalid_form"),
            (TestForm(["prompt": "x", "stream": "canary"]).with("image", picture), "stream", "invalid_type"),
            (TestForm(["prompt": "x", "strength": "2"]).with("image", picture), "strength", "invalid_value"),
            (TestForm(["prompt": "x", "size": "canary"]).with("image", picture), "size", "invalid_value"),
        ]
        try await withServer { client in
            for (form, parameter, code) in cases {
                let answer = try await client.post(edits, form)
                #expect(answer.status == 400)
                #expect(try answer.error()["param"] as? String == parameter)
                #expect(try answer.error()["code"] as? String == code)
                #expect(!answer.text.contains("canary"))
            }
            try await client.expect(200) { try await $0.post(edits, good) }
        }
    }

    @Test(
        "a size that cannot be is refused by its name, before the picture is looked at",
        arguments: [
            "0x0", "64x0", "0x64", "9223372036854775807x64", "64x9223372036854775807",
            "9223372036854775807x9223372036854775807", "4611686018427387904x4611686018427387904", "2049x64", "63x64",
        ])
    func impossibleSizes(size: String) async throws {
        let engine = FakeEngine()
        // Its header is sound and its pixels are not.
        let damaged = Array(try samplePNG(width: 64, height: 64).dropLast(20))
        let form = TestForm(["size": size]).with("image", damaged)
        let file = Data(damaged).base64EncodedString()
        try await withServer(engine) { client in
            for answer in [
                try await client.post(edits, form.with("prompt", Array("x".utf8))),
                try await client.post(variations, form),
                try await client.post(
                    edits,
                    #"{"prompt":"x","size":"\#(size)","images":[{"image_url":"data:image/png;base64,\#(file)"}]}"#),
            ] {
                #expect(answer.status == 400)
                #expect(try answer.error()["param"] as? String == "size")
                #expect(!answer.text.contains(size))
            }
        }
        #expect(engine.settings.isEmpty)
    }

    @Test(
        "pictures in JSON are the pictures themselves",
        arguments: [
            (#"[{"image_url":"https://canary.example/a.png"}]"#, "images[0].image_url"),
            (#"[{"image_url":"file:///canary"}]"#, "images[0].image_url"),
            (#"[{"file_id":"canary"}]"#, "images[0]"), (#"[{}]"#, "images[0].image_url"), (#"[]"#, "images"),
            (#"["canary"]"#, "images[0]"), (#""canary""#, "images"), (#"null"#, "images"),
            (#"[{"image_url":"data:image/png;base64,canary!"}]"#, "images[0].image_url"),
        ])
    func references(images: String, parameter: String) async throws {
        let answer = try await withServer { try await $0.post(edits, #"{"prompt":"x","images":\#(images)}"#) }
        #expect(answer.status == 400)
        #expect(try answer.error()["param"] as? String == parameter)
        #expect(!answer.text.contains("canary"))
    }

    @Test("a body that is neither form nor JSON is refused, a damaged form with a reason")
    func mediaTypes() async throws {
        try await withServer { client in
            try await client.expect(415) { try await $0.post(edits, "x", type: "text/plain") }
            try await client.expect(415) { try await $0.post(edits, "x", type: "multipart/mixed; boundary=x") }
            try await client.expect(415) { try await $0.post(variations, "{}") }
            let answer = try await client.post(edits, "canary", type: "multipart/form-data; boundary=x")
            #expect(answer.status == 400)
            #expect(try answer.error()["code"] as? String == "invalid_form")
            #expect(!answer.text.contains("canary"))
        }
    }
}
