import Testing

@Suite("GET /v1/models")
struct ModelListTests {
    @Test("the list holds the model")
    func list() async throws {
        let answer = try await withServer { try await $0.get("/v1/models") }
        let json = try answer.json()
        #expect(json["object"] as? String == "list")
        let model = try #require((json["data"] as? [[String: Any]])?.first)
        #expect(model["id"] as? String == "fake-model")
        #expect(model["object"] as? String == "model")
        #expect(model["created"] is Int)
        #expect(model["owned_by"] is String)
    }

    @Test("a model is found by its id, another is not")
    func find() async throws {
        try await withServer { client in
            try await client.expect(200) { try await $0.get("/v1/models/fake-model") }
            let missing = try await client.get("/v1/models/canary")
            #expect(missing.status == 404)
            #expect(try missing.error()["code"] as? String == "model_not_found")
        }
    }

    @Test("the server says that it works")
    func health() async throws {
        let answer = try await withServer { try await $0.get("/healthz") }
        #expect(answer.status == 200)
        #expect(answer.text == "ok\n")
    }
}
