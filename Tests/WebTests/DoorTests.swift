import Dispatch
import Foundation
import HTTPTypes
import Imaging
import Studio
import Testing
import Web

/// What holds for all interfaces for programs alike.
@Suite("Every door")
struct DoorTests {
    private static let doors = ["/v1/images/generations", "/api/pictures", "/sdapi/v1/txt2img"]

    @Test(
        "takes JSON under all its names, with a byte order mark", arguments: doors,
        [
            "application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"", "text/json",
            "application/vnd.api+json; version=1", "application/json; charset=us-ascii",
        ])
    func names(door: String, type: String) async throws {
        let answer = try await withServer { client in
            try await client.send(
                door, method: .post, headers: [.contentType: type],
                body: Array("\u{FEFF}{\"prompt\":\"x\",\"steps\":1}".utf8))
        }
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
    }

    @Test(
        "refuses what is no JSON in UTF-8, and all that a page elsewhere can have a browser send", arguments: doors)
    func others(door: String) async throws {
        try await withServer { client in
            let body = #"{"prompt":"x","steps":1}"#
            for type in [
                "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                "application/jsonx",
                "json", "application/json; charset=utf-16", "application/json; charset=UTF-32LE",
            ] {
                try await client.expect(415) { try await $0.post(door, body, type: type) }
            }
            for type in ["application/json", "text/plain"] {
                let foreign: HTTPFields = [.origin: "https://elsewhere.example", .contentType: type]
                try await client.expect(403) {
                    try await $0.send(door, method: .post, headers: foreign, body: Array(body.utf8))
                }
            }
        }
    }

    @Test(
        "takes one range of seeds", arguments: ["0", "18446744073709551615", "-1", "7.0", "null", "\"\""])
    func seeds(seed: String) async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client in
            for door in ["/v1/images/generations", "/api/pictures"] {
                let body = #"{"prompt":"x","steps":1,"seed":\#(seed)}"#
                try await client.expect(200) { try await $0.post(door, body) }
            }
            let words = ["7.0": "7", "null": "", "\"\"": ""]
            let form = "prompt=x&steps=1&seed=\(words[seed] ?? seed)"
            try await client.expect(200) {
                try await $0.post("/", form, type: "application/x-www-form-urlencoded")
            }
        }
        let expected = UInt64(seed.replacingOccurrences(of: ".0", with: ""))
        #expect(engine.settings.count == 3)
        #expect(engine.settings.allSatisfy { $0.seed == expected || expected == nil })
    }

    @Test("takes what nobody chose as missing, whether it is null or empty")
    func missing() async throws {
        let engine = FakeEngine()
        let names = [
            "model", "n", "size", "steps", "guidance_scale", "sampler", "seed", "negative_prompt", "prompt_syntax",
        ]
        let openAI =
            names + [
                "quality", "style", "response_format", "output_format", "output_compression", "stream",
                "partial_images",
                "background", "moderation", "user", "input_fidelity", "metadata",
            ]
        let native =
            names + [
                "width", "height", "clip_skip", "previews", "image", "mask", "mask_blur", "mask_fill", "mask_padding",
                "strength", "format", "quality", "time_limit", "background",
            ]
        try await withServer(engine) { client in
            for (door, names) in [("/v1/images/generations", openAI), ("/api/pictures", native)] {
                for value in ["null", "\"\""] {
                    let fields = names.map { "\"\($0)\":\(value)" }.joined(separator: ",")
                    let answer = try await client.post(door, "{\"prompt\":\"x\",\(fields)}")
                    #expect(answer.status == 200, "\(door) \(value): \(answer.text.prefix(300))")
                }
            }
            for value in ["", "null"] {
                var form = TestForm(["prompt": "x"]).with("image", try samplePNG(width: 64, height: 64))
                for name in openAI where name != "negative_prompt" { form = form.with(field: name, value) }
                let answer = try await client.post("/v1/images/edits", form)
                #expect(answer.status == 200, "'\(value)': \(answer.text.prefix(300))")
            }
        }
        #expect(engine.settings.allSatisfy { $0.steps == 10 && $0.width == 64 && $0.count == 1 })
    }

    @Test("calls JPEG by both its names")
    func jpeg() async throws {
        try await withServer { client in
            let openAI = try await client.generate(#"{"prompt":"x","steps":1,"output_format":"jpg"}"#)
            #expect(openAI.text.contains(#""output_format":"jpeg""#))
            let native = try await client.post("/api/pictures", #"{"prompt":"x","steps":1,"format":"jpg"}"#)
            #expect(native.text.contains(#""format":"jpeg","b64":"/9j/"#))
            let form = TestForm(["prompt": "x", "output_format": "jpg"]).with(
                "image", try samplePNG(width: 64, height: 64))
            #expect(try await client.post("/v1/images/edits", form).text.contains(#""output_format":"jpeg""#))
        }
    }

    @Test("needs a prompt that says something", arguments: [#""""#, #"" \n""#, "null"])
    func blank(prompt: String) async throws {
        let picture = Data(try samplePNG(width: 64, height: 64)).base64EncodedString()
        try await withServer { client in
            for (door, more) in [
                ("/v1/images/generations", ""), ("/api/pictures", ""), ("/api/pictures", #","image":"\#(picture)""#),
                ("/v1/images/edits", #","images":[{"image_url":"data:image/png;base64,\#(picture)"}]"#),
            ] {
                let answer = try await client.post(door, "{\"prompt\":\(prompt)\(more)}")
                #expect(answer.status == 400)
                #expect(answer.text.contains("missing_required_parameter") && answer.text.contains("prompt"))
            }
        }
    }

    @Test(
        "delivers the size that was asked for",
        arguments: [(131, 129), (64, 2_048), (1_024, 1_024), (1_792, 1_024), (2_048, 2_048)])
    func sizes(width: Int, height: Int) async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client in
            let openAI = try await client.generate(
                #"{"prompt":"x","steps":1,"size":"\#(width)X\#(height)","output_format":"webp"}"#)
            #expect(try openAI.json()["size"] as? String == "\(width)x\(height)")
            let picture = try decodedPicture(openAI)
            let shape = [picture.width, picture.height]
            #expect(shape == [width, height])
            let native = try await client.post(
                "/api/pictures", #"{"prompt":"x","steps":1,"width":\#(width),"height":\#(height),"format":"webp"}"#)
            let image = try #require(try native.events().first { $0.name == "image" }).data
            #expect(image["width"] as? Int == width && image["height"] as? Int == height)
            let drawn = try #require(engine.settings.last)
            let told = image["drawn"] as? [String: Int]
            let isSame = drawn.width == width && drawn.height == height
            let expected: [String: Int]? = isSame ? nil : ["width": drawn.width, "height": drawn.height]
            #expect(told == expected)
            let form = "prompt=x&steps=1&size=\(width)x\(height)"
            let page = try await client.post("/", form, type: "application/x-www-form-urlencoded")
            #expect(page.text.contains("width=\"\(width)\" height=\"\(height)\""))
        }
        #expect(engine.settings.allSatisfy { $0.width.isMultiple(of: 8) && $0.width * $0.height <= 1 << 20 })
    }

    @Test("that streams says something at once and whenever nothing happens, and asks proxies to pass it on")
    func waiting() async throws {
        var configuration = WebConfiguration(port: 0)
        configuration.keepAlive = .milliseconds(20)
        for (door, more) in [("/v1/images/generations", #","stream":true"#), ("/api/pictures", "")] {
            // The only step ends when two comments have come.
            let gate = DispatchSemaphore(value: 0)
            let text = try await withServer(FakeEngine(gate: gate), configuration: configuration) { client in
                try await client.watch(door, #"{"prompt":"x","steps":1\#(more)}"#) { text in
                    if text.components(separatedBy: ": \n\n").count > 2 { gate.signal() }
                }
            }
            #expect(door == "/api/pictures" || text.hasPrefix(": \n\n"))
            #expect(text.contains("completed\n") || text.contains("event: done\n"))
        }
        let answer = try await withServer { try await $0.generate(#"{"prompt":"x","stream":true}"#) }
        #expect(answer.headers[try #require(HTTPField.Name("X-Accel-Buffering"))] == "no")
    }

    @Test("of the OpenAI API gives the older models' clients addresses, the others pictures")
    func responseFormats() async throws {
        let cases: [(body: String, url: Bool)] = [
            (#""model":"dall-e-2""#, true), (#""model":"dall-e-3""#, true), (#""model":"gpt-image-1""#, false),
            (#""model":"gpt-image-1-mini""#, false), (#""model":"chatgpt-image-latest""#, false),
            (#""model":"fake-model""#, false), (#""user":"u""#, false),
            (#""model":"dall-e-3","response_format":"b64_json""#, false),
            (#""model":"dall-e-3","response_format":"""#, true),
            (#""model":"gpt-image-1","response_format":"url""#, true),
        ]
        try await withServer { client in
            for (body, url) in cases {
                let answer = try await client.generate(#"{"prompt":"x","steps":1,\#(body)}"#)
                let first = try #require((try answer.json()["data"] as? [[String: Any]])?.first)
                #expect((first["url"] != nil) == url && (first["b64_json"] != nil) == !url, "\(body)")
            }
            let stream = try await client.generate(#"{"prompt":"x","steps":1,"model":"dall-e-3","stream":true}"#)
            #expect(stream.status == 200 && stream.text.contains(#""b64_json":""#))
        }
    }
}
