import HTTPTypes
import Testing
import Web

@Suite("Pages of configured origins")
struct CrossOriginTests {
    private static let origin = "https://example.com"
    private static let path = "/v1/images/generations"

    private var configuration: WebConfiguration {
        var configuration = WebConfiguration(port: 0)
        configuration.allowedOrigins = [Self.origin, "http://localhost:3000"]
        return configuration
    }

    private func fields(_ origin: String, _ more: [String: String] = [:]) throws -> HTTPFields {
        var fields: HTTPFields = [:]
        for (name, value) in more.merging(["Origin": origin, "Sec-Fetch-Site": "cross-site"], uniquingKeysWith: { $1 })
        {
            fields[try #require(HTTPField.Name(name))] = value
        }
        return fields
    }

    @Test("may ask and read answers, mistakes among them, without credentials")
    func allowed() async throws {
        let fields = try fields(Self.origin)
        try await withServer(configuration: configuration) { client in
            for answer in [
                try await client.post(Self.path, #"{"prompt":"x"}"#, headers: fields),
                try await client.post(Self.path, "{}", headers: fields),
                try await client.get("/v1/canary", headers: fields),
            ] {
                #expect(answer.status != 403)
                #expect(answer.headers[.accessControlAllowOrigin] == Self.origin)
                #expect(answer.headers[.accessControlAllowCredentials] == nil)
                #expect(answer.headers[.vary] == "Origin")
                #expect(answer.headers[.cacheControl] == "no-store")
            }
        }
    }

    @Test("ask for leave first, and get it for what the interfaces understand")
    func preflight() async throws {
        let names = "authorization,content-type, x-stainless-os, bad name"
        let fields = try fields(
            Self.origin, ["Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": names])
        let answer = try await withServer(configuration: configuration) { client in
            try await client.send(Self.path, method: .options, headers: fields)
        }
        #expect(answer.status == 204)
        #expect(answer.headers[.accessControlAllowOrigin] == Self.origin)
        #expect(answer.headers[.accessControlAllowMethods] == "GET, HEAD, POST")
        #expect(answer.headers[.accessControlAllowHeaders] == "authorization, content-type, x-stainless-os")
        #expect(answer.headers[.contentSecurityPolicy] != nil)
    }

    @Test(
        "are named exactly: all others get nothing",
        arguments: [
            "https://example.com.evil.example", "https://evil.example", "http://example.com", "null",
            "https://example.com:8443",
        ])
    func others(origin: String) async throws {
        let fields = try fields(origin)
        let asking = try self.fields(origin, ["Access-Control-Request-Method": "POST"])
        try await withServer(configuration: configuration) { client in
            let post = try await client.post(Self.path, #"{"prompt":"x"}"#, headers: fields)
            #expect(post.status == 403)
            let preflight = try await client.send(Self.path, method: .options, headers: asking)
            #expect(preflight.status == 403)
            for answer in [post, preflight] {
                #expect(answer.headers[.accessControlAllowOrigin] == nil)
                #expect(answer.headers[.vary] == "Origin")
            }
        }
    }

    @Test("are none unless configured")
    func unconfigured() async throws {
        let fields = try fields(Self.origin, ["Access-Control-Request-Method": "POST"])
        try await withServer { client in
            let answer = try await client.send(Self.path, method: .options, headers: fields)
            #expect(answer.status == 403)
            #expect(answer.headers[.accessControlAllowOrigin] == nil)
            #expect(answer.headers[.vary] == nil)
        }
    }
}
