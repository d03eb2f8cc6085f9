import HTTPTypes
import Testing
import Web

@Suite("What protects a person's browser")
struct BrowserSafetyTests {
    @Test("every answer carries the fields that forbid storing, framing and joining, and no cookie")
    func fields() async throws {
        try await withServer { client in
            let answers = [
                try await client.get("/"), try await client.get("/style.css"), try await client.get("/page/app.js"),
                try await client.get("/icon.svg"), try await client.get("/healthz"), try await client.get("/nothing"),
                try await client.get("/v1/models"), try await client.generate("{}"),
                try await client.generate(#"{"prompt":"x"}"#), try await client.send("/", method: .delete),
            ]
            for answer in answers {
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                let policy = try #require(answer.headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'none'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                for name in [
                    "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy",
                    "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "Origin-Agent-Cluster",
                    "X-Permitted-Cross-Domain-Policies",
                ] {
                    #expect(answer.headers[try #require(HTTPField.Name(name))] != nil, "\(name)")
                }
                #expect(answer.headers[.setCookie] == nil)
                #expect(answer.headers[.server] == nil)
                #expect(answer.headers[.strictTransportSecurity] == nil, "plain HTTP has nothing to promise")
            }
        }
    }

    @Test("nothing that the page loads names another host")
    func noOtherHost() async throws {
        try await withServer { client in
            let scripts = ["app", "dom", "locale", "marks", "request", "source"].map { "/page/\($0).js" }
            for path in ["/", "/style.css", "/page/en.json"] + scripts {
                let text = try await client.get(path).text
                #expect(!text.contains("http://") && !text.contains("https://") && !text.contains("=\"//"))
                #expect(!text.contains("localStorage") && !text.contains("document.cookie"))
            }
        }
    }

    @Test("a foreign page cannot make a browser send requests", arguments: ["cross-site", "same-site"])
    func foreignPage(site: String) async throws {
        let name = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let answer = try await withServer { client in
            try await client.post(
                "/v1/images/generations", #"{"prompt":"x"}"#, headers: [name: site, .origin: "https://example.com"])
        }
        #expect(answer.status == 403)
        #expect(try answer.error()["code"] as? String == "cross_site_request")
    }

    @Test("the page's own form is let in, which browsers send with the origin null")
    func ownForm() async throws {
        let name = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let answer = try await withServer { client in
            try await client.post(
                "/", "prompt=x", type: "application/x-www-form-urlencoded",
                headers: [name: "same-origin", .origin: "null"])
        }
        #expect(answer.status == 200)
    }

    @Test("an origin other than the server's own is refused, its own is not")
    func origin() async throws {
        try await withServer { client in
            let body = #"{"prompt":"x"}"#
            let path = "/v1/images/generations"
            for origin in ["https://example.com", "null", "http://localhost:1"] {
                try await client.expect(403) { try await $0.post(path, body, headers: [.origin: origin]) }
            }
            let own = "http://localhost:\(client.port)"
            try await client.expect(200) { try await $0.post(path, body, headers: [.origin: own]) }
        }
    }

    @Test("another host's name for this machine is refused", arguments: ["example.com", "localhost.example.com:80"])
    func rebinding(host: String) async throws {
        let name = try #require(HTTPField.Name("Host"))
        try await withServer { client in
            try await client.expect(421) { try await $0.get("/", headers: [name: host]) }
            try await client.expect(200) { try await $0.get("/", headers: [name: "127.0.0.1:8080"]) }
            try await client.expect(200) { try await $0.get("/", headers: [name: "[::1]:8080"]) }
        }
    }

    @Test("behind a proxy on this machine the server answers to the proxy's name")
    func proxiedHost() async throws {
        let name = try #require(HTTPField.Name("Host"))
        let configuration = WebConfiguration(port: 0, forwardedField: .xForwardedFor)
        try await withServer(configuration: configuration) { client in
            try await client.expect(200) { try await $0.get("/", headers: [name: "example.com"]) }
        }
    }

    @Test("a server with names answers to them and to this machine's own, and to no other")
    func hostnames() async throws {
        let name = try #require(HTTPField.Name("Host"))
        var configuration = WebConfiguration(port: 0, forwardedField: .xForwardedFor)
        configuration.hostnames = ["pictures.example.org", "[2001:db8::1]"]
        try await withServer(configuration: configuration) { client in
            for host in ["pictures.example.org", "PICTURES.example.org:8443", "[2001:db8::1]:80", "localhost:1"] {
                try await client.expect(200) { try await $0.get("/", headers: [name: host]) }
            }
            for host in ["example.org", "x.pictures.example.org", "pictures.example.org.evil.example", "[::2]"] {
                try await client.expect(421) { try await $0.get("/", headers: [name: host]) }
            }
        }
    }

    @Test("browsers are told to come back in TLS only where there is a certificate that they trust")
    func strictTransportSecurity() async throws {
        let host = try #require(HTTPField.Name("Host"))
        let source = TLSSource.certificate(CertificateFiles(certificate: "certificate.pem"))
        // What is spoken here is plain HTTP in either case; the promise depends on the configuration.
        try await withServer(configuration: WebConfiguration(port: 0, tls: source)) { client in
            let field = try await client.get("/", headers: [host: "example.org"]).headers[.strictTransportSecurity]
            #expect(field == "max-age=63072000")
            #expect(try await client.get("/").headers[.strictTransportSecurity] == nil, "localhost is everyone's")
        }
        for configuration in [
            WebConfiguration(port: 0, tls: .selfSigned),
            WebConfiguration(port: 0, tls: source, forwardedField: .xForwardedFor),
        ] {
            try await withServer(configuration: configuration) { client in
                let answer = try await client.get("/", headers: [host: "example.org"])
                #expect(answer.headers[.strictTransportSecurity] == nil)
            }
        }
    }
}
