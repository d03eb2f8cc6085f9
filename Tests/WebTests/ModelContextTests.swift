import Foundation
import HTTPTypes
import Studio
import Testing
import Web

@Suite("POST /mcp", .timeLimit(.minutes(1)))
struct ModelContextTests {
    private func call(_ arguments: String, id: String = "1", token: String? = nil) -> String {
        let meta = token.map { #","_meta":{"progressToken":\#($0)}"# } ?? ""
        return #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"generate_image","#
            + #""arguments":\#(arguments)\#(meta)}}"#
    }

    private func result(_ answer: Answer) throws -> [String: Any] {
        try #require(try answer.json()["result"] as? [String: Any], "\(answer.text.prefix(300))")
    }

    private func content(_ answer: Answer) throws -> [[String: Any]] {
        try #require(try result(answer)["content"] as? [[String: Any]])
    }

    @Test("a call makes pictures as the native interface does")
    func pictures() async throws {
        let engine = FakeEngine()
        let answer = try await withServer(engine) {
            try await $0.post("/mcp", call(#"{"prompt":"red heart","n":2,"seed":7,"format":"jpeg"}"#))
        }
        let content = try content(answer)
        #expect(content.map { $0["type"] as? String } == ["image", "image", "text"])
        #expect(content[0]["mimeType"] as? String == "image/jpeg")
        #expect(Data(base64Encoded: try #require(content[0]["data"] as? String))?.starts(with: [0xFF, 0xD8]) == true)
        let text = try #require(content[2]["text"] as? String)
        #expect(text.contains("seed 7, 64×64 pixels, JPEG") && text.contains("seed 8"))
        #expect(!text.contains("heart"))
        #expect(engine.prompts == ["red heart"])
        #expect(engine.settings.first?.count == 2)
    }

    @Test("names of requests come back as they were written", arguments: ["0", "-7", #""a\"\u00e9""#, #""""#])
    func names(id: String) async throws {
        let answer = try await withServer {
            try await $0.post("/mcp", #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
        }
        #expect(answer.text == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
    }

    @Test("a studio that is full says so to the language model")
    func full() async throws {
        let gate = DispatchSemaphore(value: 0)
        try await withServer(
            FakeEngine(gate: gate), bounds: StudioConfiguration(maximumBatch: 1, maximumQueue: 0)
        ) { client in
            async let first = client.post("/mcp", call(#"{"prompt":"x"}"#))
            while try await client.get("/api/status").json()["running"] as? Int != 1 {
                try await Task.sleep(for: .milliseconds(5))
            }
            let second = try await client.post("/mcp", call(#"{"prompt":"x"}"#, token: "1"))
            #expect(second.status == 200)
            #expect(try result(second)["isError"] as? Bool == true)
            for _ in 0..<20 { gate.signal() }
            #expect(try await result(first)["isError"] as? Bool == false)
        }
    }

    @Test("the log knows nothing of messages")
    func log() async throws {
        let log = CapturedLog()
        _ = try await withServer(log: log) {
            try await $0.post("/mcp", call(#"{"prompt":"canary","x":1}"#, id: #""canary""#, token: #""canary""#))
        }
        let lines = log.lines.joined()
        #expect(lines.contains("modelContext"))
        #expect(!lines.contains("canary"))
    }

    @Test("altered messages are answered or refused, and nothing else happens")
    func altered() async throws {
        var random = SystemRandomNumberGenerator()
        let messages = [
            call(#"{"prompt":"x","steps":1}"#, token: "1"), #"[{"jsonrpc":"2.0","id":1,"method":"tools/list"},{}]"#,
            #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#,
        ].map { Array($0.utf8) }
        try await withServer { client in
            for _ in 0..<150 {
                var message = messages.randomElement(using: &random) ?? []
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0..<message.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: message[place] = UInt8.random(in: 0x20...0x7E, using: &random)
                    case 1: message.remove(at: place)
                    default: message.insert(contentsOf: message.suffix(5), at: place)
                    }
                }
                let answer = try await client.post("/mcp", bytes: message)
                #expect([200, 202, 400].contains(answer.status), "\(String(decoding: message, as: UTF8.self))")
            }
        }
    }
}
