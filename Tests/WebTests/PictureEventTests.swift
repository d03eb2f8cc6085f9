import Diffusion
import Foundation
import HTTPTypes
import Imaging
import Studio
import Testing
import Web

@Suite("POST /api/pictures")
struct PictureEventTests {
    @Test("progress comes step by step, then the picture, then the end")
    func events() async throws {
        let answer = try await withServer { client in
            try await client.post("/api/pictures", #"{"prompt":"red heart","steps":3,"seed":9}"#)
        }
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/event-stream")
        let events = try answer.events()
        #expect(events.map(\.name).filter { $0 != "queued" && $0 != "progress" } == ["image", "done"])
        let progress = events.filter { $0.name == "progress" }
        #expect(progress.allSatisfy { $0.data["total"] as? Int == 3 })
        #expect(progress.last?.data["completed"] as? Int == 3)
        let image = try #require(events.first { $0.name == "image" }).data
        #expect(Set(image.keys) == ["index", "seed", "width", "height", "format", "b64"])
        #expect(image["seed"] as? Int == 9)
        #expect(image["width"] as? Int == 64)
        #expect((image["b64"] as? String)?.hasPrefix("iVBOR") == true)
        let done = try #require(events.last).data
        #expect(done["images"] as? Int == 1)
        #expect(done["seconds"] is Double)
    }

    @Test("every setting reaches the engine")
    func settings() async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) { client in
            try await client.post(
                "/api/pictures",
                """
                {"prompt":"x","negative_prompt":"y","model":"fake-model","width":128,"height":96,"steps":3,"n":2,
                 "guidance_scale":2.5,"sampler":"euler","seed":7,"clip_skip":1,"previews":"every_step",
                 "prompt_syntax":"weighted","time_limit":60,"format":"webp","quality":50}
                """)
        }
        #expect(answer.status == 200)
        let settings = try #require(engine.settings.first)
        #expect((settings.width, settings.height, settings.steps, settings.count) == (128, 96, 3, 2))
        #expect(settings.guidanceScale == 2.5)
        #expect(settings.sampler == "euler")
        #expect(settings.clipSkip == 1)
        #expect(settings.previews == .everyStep)
        #expect(settings.promptSyntax == .weighted)
        #expect(engine.negativePrompts == ["y"])
        let images = try answer.events().filter { $0.name == "image" }
        #expect(images.compactMap { $0.data["seed"] as? Int }.sorted() == [7, 8])
        #expect(images.allSatisfy { ($0.data["b64"] as? String)?.hasPrefix("UklGR") == true })
    }

    @Test(
        "a setting that is not allowed is named",
        arguments: [
            (#""width":64"#, "height", "missing_required_parameter"),
            (#""width":64,"height":64,"size":"64x64""#, "size", "invalid_value"),
            (#""previews":"canary""#, "previews", "invalid_value"), (#""previews":-1"#, "previews", "invalid_value"),
            (#""previews":1.5"#, "previews", "invalid_value"), (#""time_limit":0"#, "time_limit", "invalid_value"),
            (#""prompt_syntax":"canary""#, "prompt_syntax", "invalid_value"),
            (#""clip_skip":99"#, "clip_skip", "invalid_value"), (#""format":"canary""#, "format", "invalid_value"),
            (#""quality":101"#, "quality", "invalid_value"), (#""strength":2"#, "strength", "invalid_value"),
            (#""mask_blur":-1"#, "mask_blur", "invalid_value"),
            (#""mask_padding":257"#, "mask_padding", "invalid_value"),
            (#""mask_fill":"canary""#, "mask_fill", "invalid_value"), (#""image":7"#, "image", "invalid_type"),
            (#""image":"https://canary.example/""#, "image", "unsupported_value"),
            (#""image":"canary!""#, "image", "invalid_value"),
            (#""mask":"\#(picture)""#, "image", "missing_required_parameter"),
            (#""schedule":"canary""#, "schedule", "invalid_value"), (#""schedule":7"#, "schedule", "invalid_type"),
            (#""sampler":"ddim","schedule":"karras""#, "schedule", "invalid_value"),
            (#""eta":-1"#, "eta", "invalid_value"), (#""churn":1e9"#, "churn", "invalid_value"),
            (#""noise_scale":-1"#, "noise_scale", "invalid_value"),
            (#""churn_minimum":-1"#, "churn_minimum", "invalid_value"),
            (#""variation_strength":1.5"#, "variation_strength", "invalid_value"),
            (#""variation_seed":"canary""#, "variation_seed", "invalid_type"),
        ])
    func mistakes(setting: String, parameter: String, code: String) async throws {
        let answer = try await withServer { try await $0.post("/api/pictures", #"{"prompt":"x",\#(setting)}"#) }
        #expect(answer.status == 400)
        let problem = try answer.json()
        #expect(problem["parameter"] as? String == parameter)
        #expect(problem["code"] as? String == code)
        #expect(problem["type"] as? String == "/problems/\(code.replacingOccurrences(of: "_", with: "-"))")
        #expect(!answer.text.contains("canary"))
    }

    @Test("noise is spaced and drawn as asked, and the seeds of a variation are told", arguments: ["native", "openai"])
    func noise(door: String) async throws {
        let engine = FakeEngine()
        let path = door == "native" ? "/api/pictures" : "/v1/images/generations"
        let text = try await withServer(engine) { client in
            try await client.post(
                path,
                """
                {"prompt":"x","sampler":"euler","schedule":"karras","eta":0.5,"churn":3,"churn_minimum":0.1,
                 "churn_maximum":9,"noise_scale":1.1,"seed":5,"variation_seed":18446744073709551615,
                 "variation_strength":0.25,"n":2}
                """
            ).text
        }
        let settings = try #require(engine.settings.first)
        #expect(settings.schedule == "karras" && settings.eta == 0.5 && settings.noiseScale == 1.1)
        #expect((settings.churn, settings.churnMinimum, settings.churnMaximum) == (3, 0.1, 9))
        #expect(settings.variationStrength == 0.25 && settings.rules == .native)
        #expect(text.contains(#""seed":5,"variation_seed":18446744073709551615"#))
        #expect(text.contains(#""seed":5,"variation_seed":0"#))
    }

    /// A picture of 96×64 pixels, in a PNG file, in Base64.
    static let picture: String = {
        let picture = PixelBuffer(width: 96, height: 64, channels: 1, bytes: (0..<96 * 64).map { UInt8($0 % 251) })
        return Data((try? picture.encoded(as: .png)) ?? []).base64EncodedString()
    }()

    @Test("a picture to start from gives its size, unless another is chosen")
    func initialPicture() async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client in
            try await client.expect(200) {
                try await $0.post(
                    "/api/pictures",
                    """
                    {"prompt":"x","image":"data:image/png;base64,\(Self.picture)","strength":0.5,"mask":"\(Self.picture)",
                     "mask_blur":8,"mask_fill":"latent noise"}
                    """)
            }
            try await client.expect(200) {
                try await $0.post("/api/pictures", #"{"prompt":"x","image":"\#(Self.picture)","size":"128x128"}"#)
            }
        }
        let settings = engine.settings
        #expect(settings.map(\.width) == [96, 128])
        #expect(settings.map(\.height) == [64, 128])
        #expect(settings.first?.strength == 0.5)
        #expect(settings.first?.maskBlur == 8)
        #expect(settings.first?.maskFill == .latentNoise)
    }

    @Test("a stream that has nothing to tell for a while shows that it is alive")
    func keepAlive() async throws {
        var configuration = WebConfiguration(port: 0)
        configuration.keepAlive = .milliseconds(20)
        // The only step ends when the comment has come.
        let gate = DispatchSemaphore(value: 0)
        let text = try await withServer(FakeEngine(gate: gate), configuration: configuration) { client in
            try await client.watch("/api/pictures", #"{"prompt":"x","steps":1}"#) { text in
                if text.contains(": \n\n") { gate.signal() }
            }
        }
        #expect(text.contains(": \n\n"))
        #expect(text.contains("event: done\n"))
    }

    @Test("the model says what may be asked of it, the status how busy it is")
    func details() async throws {
        try await withServer { client in
            let model = try await client.get("/api/model").json()
            #expect(model["id"] as? String == "fake-model")
            let limits = try #require(model["limits"] as? [String: Any])
            #expect((limits["steps"] as? [String: Any])?["maximum"] as? Int == 150)
            let status = try await client.get("/api/status").json()
            #expect(status["waiting"] as? Int == 0)
            #expect(status["running"] as? Int == 0)
        }
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
        let engine = FakeEngine(stepTime: 0.05)
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
            // On a busy machine it takes a while until the server learns of it.
            var steps = engine.steps
            for _ in 0..<10 {
                try await Task.sleep(for: .milliseconds(300))
                guard engine.steps > steps else { break }
                steps = engine.steps
            }
            #expect(engine.steps == steps)
            #expect(steps < 100)
            try await client.expect(200) { try await $0.get("/healthz") }
        }
    }
}
