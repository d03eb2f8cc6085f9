import Diffusion
import Foundation
import HTTPTypes
import Imaging
import Studio
import Testing

@Suite("The A1111 API")
struct A1111Tests {
    private static let picture: String = {
        let picture = PixelBuffer(width: 64, height: 32, channels: 3)
        return Data((try? picture.encoded(as: .png)) ?? []).base64EncodedString()
    }()

    @Test("nothing but a prompt gives one picture of the model's own size and steps")
    func promptAlone() async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) { try await $0.post("/sdapi/v1/txt2img", #"{"prompt":"red heart"}"#) }
        let json = try ok(answer)
        let images = try #require(json["images"] as? [String])
        let picture = try ImageDecoder.decode(Array(try #require(Data(base64Encoded: images[0]))))
        let width = picture.width
        #expect(images.count == 1)
        #expect(width == 64)
        #expect(engine.prompts == ["red heart"])
        let settings = try #require(engine.settings.first)
        #expect(settings.steps == 10)
        #expect(settings.sampler == "ddim")
        #expect(settings.promptSyntax == .weighted)
    }

    @Test("every setting reaches the engine, and the answer tells them")
    func settings() async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) { client in
            try await client.post(
                "/sdapi/v1/txt2img",
                """
                {"prompt":"a \\"b\\"\\n","negative_prompt":"y","width":128,"height":96,"steps":3,"cfg_scale":2.5,
                 "sampler_name":"Euler","scheduler":"automatic","seed":41,"batch_size":2,"n_iter":2,"styles":[],
                 "override_settings":{"CLIP_stop_at_last_layers":2,"sd_model_checkpoint":"fake-model"},
                 "alwayson_scripts":{},"script_args":[],"subseed":-1,"subseed_strength":0.0,"eta":1.0,
                 "unknown":{"x":[1,2]}}
                """)
        }
        let json = try ok(answer)
        let settings = try #require(engine.settings.first)
        #expect((settings.width, settings.height, settings.steps, settings.count) == (128, 96, 3, 4))
        #expect(settings.guidanceScale == 2.5)
        #expect(settings.sampler == "euler")
        #expect(settings.seed == 41)
        #expect(settings.clipSkip == 1)
        #expect(engine.prompts == ["a \"b\"\n"])
        #expect(engine.negativePrompts == ["y"])

        #expect((json["images"] as? [String])?.count == 4)
        let parameters = try #require(json["parameters"] as? [String: Any])
        #expect(parameters["prompt"] as? String == "a \"b\"\n")
        #expect(parameters["n_iter"] as? Int == 2)
        let info = try info(json)
        #expect(info["all_seeds"] as? [Int] == [41, 42, 43, 44])
        #expect(info["all_prompts"] as? [String] == Array(repeating: "a \"b\"\n", count: 4))
        #expect(info["sampler_name"] as? String == "Euler")
        #expect(info["clip_skip"] as? Int == 2)
        #expect(info["all_subseeds"] as? [Int] == (0..<4).map { (info["subseed"] as? Int ?? 0) + $0 })
        #expect(info["ignored"] as? [String] == ["eta"])
        #expect(settings.rules == .webUI)
        #expect((info["job_timestamp"] as? String)?.count == 14)
        #expect(
            (info["infotexts"] as? [String])?.last == """
                a "b"

                Negative prompt: y
                Steps: 3, Sampler: Euler, Schedule type: Automatic, CFG scale: 2.5, Seed: 44, Size: 128x96, \
                Model: fake-model, Clip skip: 2, Version: mystarion
                """)
    }

    @Test("what is not named is the model's own, whatever its sampler is called")
    func ownSampler() async throws {
        for (standard, own, name) in [("euler", nil, "Euler"), (nil, "lcm", "LCM"), (nil, nil, "Default")] {
            let engine = FakeEngine(samplers: ["ddim", "euler", "lcm"], defaultSampler: standard, ownSampler: own)
            for sampler in ["", #","sampler_name":"","sampler_index":null"#, #","sampler_name":"\#(name)""#] {
                let answer = try await withServer(engine) {
                    try await $0.post("/sdapi/v1/txt2img", #"{"prompt":"x","scheduler":"Automatic"\#(sampler)}"#)
                }
                #expect(try info(try ok(answer))["sampler_name"] as? String == name)
                let isNamed = sampler.contains(name) && name != "Default"
                #expect(engine.settings.last?.sampler == (isNamed ? standard ?? own : standard))
            }
        }
    }

    @Test("a picture that was left out has no seed in the answer")
    func skipping() async throws {
        let gate = DispatchSemaphore(value: 0)
        let engine = FakeEngine(gate: gate)
        try await withServer(engine) { client in
            let task = "task(0123456789abcdef)"
            async let made = client.post(
                "/sdapi/v1/txt2img", #"{"prompt":"x","steps":2,"n_iter":3,"seed":7,"force_task_id":"\#(task)"}"#)
            while engine.settings.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            try await client.expect(200) { try await $0.post("/sdapi/v1/skip", #"{"id_task":"\#(task)"}"#) }
            for _ in 0..<12 { gate.signal() }
            let json = try ok(try await made)
            let info = try info(json)
            #expect((json["images"] as? [String])?.count == 2)
            #expect((info["all_seeds"] as? [Int])?.count == 2)
            #expect((info["infotexts"] as? [String])?.count == 2)
            #expect((info["all_prompts"] as? [String])?.count == 2)
        }
    }

    @Test("a picture holds its parameters only when that was asked for")
    func embedding() async throws {
        let bytes = try await withServer { client in
            var bytes: [Data] = []
            for flag in ["", #","embed_parameters":false"#, #","embed_parameters":true"#] {
                let json = try ok(try await client.post("/sdapi/v1/txt2img", #"{"prompt":"canary"\#(flag)}"#))
                let image = try #require((json["images"] as? [String])?.first)
                bytes.append(try #require(Data(base64Encoded: image)))
            }
            return bytes
        }
        #expect(bytes.map { $0.range(of: Data("canary\nSteps: 10, ".utf8)) != nil } == [false, false, true])
        #expect(bytes.map { $0.range(of: Data("canary".utf8)) != nil } == [false, false, true])
    }

    @Test("pictures are left out of the answer when they are not wanted")
    func withoutPictures() async throws {
        let answer = try await withServer {
            try await $0.post("/sdapi/v1/txt2img", #"{"prompt":"x","send_images":false,"n_iter":2}"#)
        }
        let json = try ok(answer)
        #expect((json["images"] as? [String])?.isEmpty == true)
        #expect((try info(json)["infotexts"] as? [String])?.count == 2)
    }

    @Test("a picture to begin with, and a mask, arrive with their settings")
    func inpainting() async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) { client in
            try await client.post(
                "/sdapi/v1/img2img",
                """
                {"prompt":"x","init_images":["data:image/png;base64,\(Self.picture)"],"mask":"\(Self.picture)",
                 "inpainting_mask_invert":1,"mask_blur":7,"inpainting_fill":2,"inpaint_full_res":false,"resize_mode":1,
                 "denoising_strength":0.5}
                """)
        }
        let json = try ok(answer)
        let settings = try #require(engine.settings.first)
        #expect(settings.strength == 0.5)
        #expect(settings.maskBlur == 7)
        #expect(settings.maskFill == .latentNoise)
        #expect(settings.inpaintArea == .wholePicture)
        let parameters = try #require(json["parameters"] as? [String: Any])
        #expect(parameters["init_images"] is NSNull)
        #expect(parameters["mask"] is NSNull)
        #expect(parameters["resize_mode"] as? Int == 1)
        #expect((try info(json)["infotexts"] as? [String])?.first?.contains("Mask blur: 7") == true)
    }

    /// A body for `txt2img`, the status it earns, and a word of the sentence.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let body: String
        let status: Int
        let word: String
        var testDescription: String { body }

        init(_ body: String, _ word: String, status: Int = 422) {
            self.body = body
            self.status = status
            self.word = word
        }
    }

    static let mistakes = [
        Mistake(#"{"prompt":"canary","sampler_name":"canary"}"#, "Sampler not found", status: 404),
        Mistake(#"{"prompt":"canary","sampler_index":"LMS"}"#, "Sampler not found", status: 404),
        Mistake(#"{"prompt":"canary","scheduler":"canary"}"#, "scheduler"),
        Mistake(#"{"prompt":"canary","steps":0}"#, "steps"),
        Mistake(#"{"prompt":"canary","steps":"many"}"#, "steps"),
        Mistake(#"{"prompt":"canary","width":-64}"#, "width"),
        Mistake(#"{"prompt":"canary","cfg_scale":500}"#, "cfg_scale"),
        Mistake(#"{"prompt":"canary","batch_size":99,"n_iter":99}"#, "n_iter"),
        Mistake(#"{"prompt":"canary","batch_size":9223372036854775807,"n_iter":2}"#, "batch_size"),
        Mistake(#"{"prompt":"canary","seed":-2}"#, "seed"),
        Mistake(#"{"prompt":""}"#, "prompt"),
        Mistake(#"{"prompt":["canary"]}"#, "prompt"),
        Mistake(#"{"prompt":"canary","enable_hr":true}"#, "enable_hr"),
        Mistake(#"{"prompt":"canary","tiling":true}"#, "tiling"),
        Mistake(#"{"prompt":"canary","styles":["canary"]}"#, "styles"),
        Mistake(#"{"prompt":"canary","script_name":"canary"}"#, "Script not found"),
        Mistake(#"{"prompt":"canary","alwayson_scripts":{"canary":{"args":[1]}}}"#, "alwayson_scripts"),
        Mistake(#"{"prompt":"canary","refiner_checkpoint":"canary"}"#, "refiner"),
        Mistake(#"{"prompt":"canary","subseed_strength":1.5}"#, "subseed_strength"),
        Mistake(#"{"prompt":"canary","seed_resize_from_w":64,"seed_resize_from_h":99999}"#, "seed_resize_from_w"),
        Mistake(#"{"prompt":"canary","override_settings":{"sd_vae":"canary"}}"#, "override_settings.sd_vae"),
        Mistake(#"{"prompt":"canary","override_settings":{"eta_ddim":-1}}"#, "eta"),
        Mistake(#"{"prompt":"(canary:1000)"}"#, "weight"),
        Mistake(#"{"prompt":"x","negative_prompt":"(canary:1000)"}"#, "negative_prompt"),
        Mistake(#"{"prompt":"<lora:canary:1>"}"#, "adapter"),
        Mistake(#"{"prompt":"canary AND canary"}"#, "AND"),
        Mistake(#"{"prompt":"canary","override_settings":{"sd_model_checkpoint":"canary"}}"#, "fake-model"),
        Mistake(#"{"prompt":"canary","override_settings":{"CLIP_stop_at_last_layers":13}}"#, "from 1"),
        Mistake(#"{"prompt":"canary","force_task_id":"canary"}"#, "force_task_id"),
        Mistake(#"{"prompt":"canary"#, "JSON"),
    ]

    @Test(
        "what is wrong or not offered is refused in A1111's form, and nothing of the body is repeated",
        arguments: mistakes)
    func mistake(_ mistake: Mistake) async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) { try await $0.post("/sdapi/v1/txt2img", mistake.body) }
        try expect(answer, mistake.status, mistake.word)
        #expect(engine.prompts.isEmpty)
    }

    static let pictureMistakes = [
        Mistake(#"{"prompt":"canary"}"#, "Init image not found", status: 404),
        Mistake(#"{"prompt":"canary","init_images":[]}"#, "Init image not found", status: 404),
        Mistake(#"{"prompt":"canary","init_images":["https://canary.example/a.png"]}"#, "not fetched"),
        Mistake(#"{"prompt":"canary","init_images":["canary!"]}"#, "Base64"),
        Mistake(#"{"prompt":"canary","init_images":["AAAA"]}"#, "not a picture"),
        Mistake(#"{"prompt":"canary","init_images":[7]}"#, "init_images[0]"),
        Mistake(#"{"prompt":"canary","init_images":["\#(picture)","\#(picture)"]}"#, "Only one"),
        Mistake(#"{"prompt":"canary","init_images":["\#(picture)"],"resize_mode":4}"#, "resize_mode"),
        Mistake(#"{"prompt":"canary","init_images":["\#(picture)"],"resize_mode":1,"width":1000000000000}"#, "width"),
        Mistake(#"{"prompt":"canary","init_images":["\#(picture)"],"inpainting_fill":4}"#, "inpainting_fill"),
        Mistake(#"{"prompt":"canary","init_images":["\#(picture)"],"mask":"canary!"}"#, "Base64"),
        Mistake(#"{"prompt":"canary","init_images":["\#(picture)"],"denoising_strength":2}"#, "denoising_strength"),
    ]

    @Test("mistakes about pictures get a clear answer", arguments: pictureMistakes)
    func pictureMistake(_ mistake: Mistake) async throws {
        let answer = try await withServer { try await $0.post("/sdapi/v1/img2img", mistake.body) }
        try expect(answer, mistake.status, mistake.word)
    }

    private func expect(_ answer: Answer, _ status: Int, _ word: String) throws {
        #expect(answer.status == status)
        let json = try answer.json()
        #expect(Set(json.keys) == ["error", "detail", "body", "errors"])
        #expect(answer.text.contains(word), "\(answer.text)")
        #expect(!answer.text.contains("canary"))
    }

    @Test("a task can be watched and ended by who named it, and by nobody else")
    func tasks() async throws {
        let engine = FakeEngine(stepTime: 0.1)
        try await withServer(engine) { client in
            let task = "task(0123456789abcdef)"
            let query = "force_task_id=task%280123456789abcdef%29"
            async let made = client.post(
                "/sdapi/v1/txt2img", #"{"prompt":"x","steps":150,"n_iter":4,"force_task_id":"\#(task)"}"#)
            var progress: [String: Any] = [:]
            while (progress["progress"] as? Double ?? 0) == 0 {
                progress = try await client.get("/sdapi/v1/progress?\(query)&skip_current_image=true").json()
            }
            let state = try #require(progress["state"] as? [String: Any])
            #expect(state["job_count"] as? Int == 4)
            #expect(state["sampling_steps"] as? Int == 150)
            #expect(progress["current_image"] is NSNull)

            for address in ["/sdapi/v1/progress", "/sdapi/v1/progress?id_task=task(another-one-else)"] {
                let idle = try await client.get(address).json()
                #expect(idle["progress"] as? Double == 0)
                #expect((idle["state"] as? [String: Any])?["job_count"] as? Int == 0)
            }
            try await client.expect(200) { try await $0.send("/sdapi/v1/interrupt", method: .post) }
            let still = try await client.get("/sdapi/v1/progress?\(query)").json()
            #expect((still["state"] as? [String: Any])?["job_count"] as? Int == 4)

            try await client.expect(200) { try await $0.post("/sdapi/v1/interrupt", #"{"id_task":"\#(task)"}"#) }
            let answer = try await made
            let images = try ok(answer)["images"] as? [String]
            #expect((images?.count ?? 4) < 4)
            let after = try await client.get("/sdapi/v1/progress?\(query)").json()
            #expect((after["state"] as? [String: Any])?["job_count"] as? Int == 0)
        }
    }

    @Test("what clients ask for first is there")
    func collections() async throws {
        try await withServer { client in
            for name in ["samplers", "schedulers", "sd-models", "upscalers"] {
                let answer = try await client.get("/sdapi/v1/\(name)")
                #expect(answer.status == 200)
                let list = try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [[String: Any]]
                #expect(list?.isEmpty == false)
            }
            for name in [
                "loras", "prompt-styles", "sd-vae", "embeddings", "memory", "scripts", "cmd-flags", "extensions",
            ] {
                try await client.expect(200) { try await $0.get("/sdapi/v1/\(name)") }
            }
            let options = try await client.get("/sdapi/v1/options").json()
            #expect(options["sd_model_checkpoint"] as? String == "fake-model")
            #expect(options["samples_save"] as? Bool == false)
            try await client.expect(200) {
                try await $0.post("/sdapi/v1/options", #"{"sd_model_checkpoint":"fake-model","samples_save":false}"#)
            }
            try await client.expect(403) { try await $0.post("/sdapi/v1/options", #"{"samples_save":true}"#) }
            try await client.expect(501) { try await $0.post("/sdapi/v1/interrogate", #"{"image":"canary"}"#) }
            try await client.expect(422) { try await $0.post("/sdapi/v1/png-info", #"{"image":"canary"}"#) }
            try await client.expect(404) { try await $0.get("/sdapi/v1/canary") }
            try await client.expect(405) { try await $0.get("/sdapi/v1/txt2img") }
        }
    }

    private func ok(_ answer: Answer) throws -> [String: Any] {
        try #require(answer.status == 200, "\(answer.text.prefix(300))")
        return try answer.json()
    }

    private func info(_ json: [String: Any]) throws -> [String: Any] {
        let text = try #require(json["info"] as? String)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
