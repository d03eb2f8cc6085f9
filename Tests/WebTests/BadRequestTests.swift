import Foundation
import HTTPTypes
import Testing

@Suite("Bad input gets a clear answer")
struct BadRequestTests {
    /// A body, the status it earns, and the parameter and code that the error names.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let body: String
        let status: Int
        let parameter: String?
        let code: String
        var testDescription: String { body.count < 60 ? body : "\(body.prefix(57))…" }

        init(_ body: String, status: Int = 400, _ parameter: String?, _ code: String) {
            self.body = body
            self.status = status
            self.parameter = parameter
            self.code = code
        }
    }

    static let mistakes = [
        Mistake(#"{}"#, "prompt", "missing_required_parameter"),
        Mistake(#"{"prompt":null}"#, "prompt", "missing_required_parameter"),
        Mistake(#"{"prompt":"  \n"}"#, "prompt", "missing_required_parameter"),
        Mistake(#"{"prompt":7}"#, "prompt", "invalid_type"),
        Mistake(#"{"prompt":"\#(String(repeating: "x", count: 32_001))"}"#, "prompt", "invalid_value"),
        Mistake(#"{"prompt":"x","n":0}"#, "n", "invalid_value"),
        Mistake(#"{"prompt":"x","n":11}"#, "n", "invalid_value"),
        Mistake(#"{"prompt":"x","n":1.5}"#, "n", "invalid_type"),
        Mistake(#"{"prompt":"x","n":"1"}"#, "n", "invalid_type"),
        Mistake(#"{"prompt":"x","size":"canary"}"#, "size", "invalid_value"),
        Mistake(#"{"prompt":"x","size":"63x128"}"#, "size", "invalid_value"),
        Mistake(#"{"prompt":"x","size":"4096x4096"}"#, "size", "invalid_value"),
        Mistake(#"{"prompt":"x","size":"-64x64"}"#, "size", "invalid_value"),
        Mistake(#"{"prompt":"x","size":"99999999999999999999x64"}"#, "size", "invalid_value"),
        Mistake(#"{"prompt":"x","quality":"canary"}"#, "quality", "invalid_value"),
        Mistake(#"{"prompt":"x","style":"canary"}"#, "style", "invalid_value"),
        Mistake(#"{"prompt":"x","response_format":"canary"}"#, "response_format", "invalid_value"),
        Mistake(#"{"prompt":"x","output_format":"canary"}"#, "output_format", "invalid_value"),
        Mistake(#"{"prompt":"x","output_compression":101}"#, "output_compression", "invalid_value"),
        Mistake(#"{"prompt":"x","background":"transparent"}"#, "background", "invalid_value"),
        Mistake(#"{"prompt":"x","stream":"canary"}"#, "stream", "invalid_type"),
        Mistake(#"{"prompt":"x","partial_images":2}"#, "partial_images", "invalid_value"),
        Mistake(#"{"prompt":"x","stream":true,"partial_images":4}"#, "partial_images", "invalid_value"),
        Mistake(#"{"prompt":"x","stream":true,"response_format":"url"}"#, "response_format", "unsupported_value"),
        Mistake(#"{"prompt":"x","stream":true,"size":"1x1"}"#, "size", "invalid_value"),
        Mistake(#"{"prompt":"x","seed":-2}"#, "seed", "invalid_value"),
        Mistake(#"{"prompt":"x","seed":18446744073709551616}"#, "seed", "invalid_value"),
        Mistake(#"{"prompt":"x","seed":"7"}"#, "seed", "invalid_type"),
        Mistake(#"{"prompt":"x","prompt_syntax":"canary"}"#, "prompt_syntax", "invalid_value"),
        Mistake(#"{"prompt":"x","strength":1}"#, "strength", "unknown_parameter"),
        Mistake(#"{"prompt":"x","steps":0}"#, "steps", "invalid_value"),
        Mistake(#"{"prompt":"x","steps":1e9}"#, "steps", "invalid_value"),
        Mistake(#"{"prompt":"x","guidance_scale":51}"#, "guidance_scale", "invalid_value"),
        Mistake(#"{"prompt":"x","guidance_scale":1e999}"#, "guidance_scale", "invalid_type"),
        Mistake(#"{"prompt":"x","sampler":"canary"}"#, "sampler", "invalid_value"),
        Mistake(#"{"prompt":"x","strange_name":1}"#, "strange_name", "unknown_parameter"),
        Mistake(#"{"prompt":"x","a canary, or two":1}"#, nil, "unknown_parameter"),
        Mistake(#"{"prompt":"x","model":"canary"}"#, status: 404, "model", "model_not_found"),
        Mistake("", nil, "invalid_json"),
        Mistake("\0{\0}", nil, "invalid_json"),
        Mistake("{\0}\0", nil, "invalid_json"),
        Mistake("\u{FEFF}", nil, "invalid_json"),
        Mistake("\u{FEFF}\u{FEFF}{}", nil, "invalid_json"),
        Mistake("canary", nil, "invalid_json"),
        Mistake(#"["canary"]"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary""#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary",}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary"} canary"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary","prompt":"canary"}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary","\u0070rompt":"canary"}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary\ud83d"}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary\ude00"}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"canary\x"}"#, nil, "invalid_json"),
        Mistake("{\"prompt\":\"canary\u{1}\"}", nil, "invalid_json"),
        Mistake(#"{"prompt":"x","n":01}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"x","n":+1}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"x","n":1.}"#, nil, "invalid_json"),
        Mistake(#"{"prompt":"x","n":NaN}"#, nil, "invalid_json"),
        Mistake(String(repeating: #"{"a":"#, count: 100_000), nil, "invalid_json"),
        Mistake(String(repeating: "[", count: 100_000), nil, "invalid_json"),
    ]

    @Test("the error names the parameter, has all four keys, and repeats nothing of the body", arguments: mistakes)
    func mistake(_ mistake: Mistake) async throws {
        let answer = try await withServer { client in
            let answer = try await client.generate(mistake.body)
            let after = try await client.generate(#"{"prompt":"still there"}"#)
            #expect(after.status == 200)
            return answer
        }
        #expect(answer.status == mistake.status)
        let error = try answer.error()
        #expect(Set(error.keys) == ["message", "type", "param", "code"])
        #expect(error["type"] as? String == "invalid_request_error")
        #expect(error["param"] as? String == mistake.parameter)
        #expect(error["code"] as? String == mistake.code)
        #expect((error["message"] as? String)?.isEmpty == false)
        #expect(!answer.text.contains("canary"))
    }

    @Test(
        "bytes that are not UTF-8 are refused", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F]])
    func notUTF8(bytes: [UInt8]) async throws {
        let answer = try await withServer { client in
            try await client.post(
                "/v1/images/generations", bytes: Array(#"{"prompt":""#.utf8) + bytes + Array(#""}"#.utf8))
        }
        #expect(answer.status == 400)
        #expect(try answer.error()["code"] as? String == "invalid_json")
    }

    @Test(
        "a body that is no JSON by its type is refused", arguments: ["text/plain", "application/x-www-form-urlencoded"])
    func mediaType(type: String) async throws {
        let answer = try await withServer { client in
            try await client.post("/v1/images/generations", #"{"prompt":"x"}"#, type: type)
        }
        #expect(answer.status == 415)
        #expect(try answer.error()["code"] as? String == "unsupported_media_type")
    }

    @Test("a body that is too long is refused")
    func tooLarge() async throws {
        let answer = try await withServer { client in
            try await client.generate(#"{"prompt":"\#(String(repeating: "x", count: 1 << 20))"}"#)
        }
        #expect(answer.status == 413)
        #expect(try answer.error()["code"] as? String == "body_too_large")
    }

    @Test("a method that an address does not know gets told those it knows")
    func methods() async throws {
        try await withServer { client in
            let openAI = try await client.get("/v1/images/generations")
            #expect(openAI.status == 405)
            #expect(openAI.headers[.allow] == "POST")
            #expect(try openAI.error()["code"] as? String == "method_not_allowed")
            let page = try await client.send("/", method: .delete)
            #expect(page.status == 405)
            #expect(page.headers[.allow] == "GET, HEAD, POST")
            #expect(page.headers[.contentType] == "application/problem+json")
        }
    }

    @Test("an unknown address is told apart by who asks")
    func unknownAddress() async throws {
        try await withServer { client in
            let openAI = try await client.get("/v1/canary?canary")
            #expect(openAI.status == 404)
            #expect(try openAI.error()["code"] as? String == "unknown_url")
            let other = try await client.get("/canary")
            #expect(other.status == 404)
            #expect(other.headers[.contentType] == "application/problem+json")
            #expect(try other.json()["status"] as? Int == 404)
            #expect(!(openAI.text + other.text).contains("canary"))
        }
    }

    @Test("an engine that fails is the server's fault, and says nothing else")
    func failingEngine() async throws {
        let answer = try await withServer(FakeEngine(fails: true)) { try await $0.generate(#"{"prompt":"canary"}"#) }
        #expect(answer.status == 500)
        #expect(try answer.error()["type"] as? String == "server_error")
        #expect(!answer.text.contains("canary"))
    }
}
