import Testing
import Web

@Suite("How requests name the server")
struct AuthorityTests {
    @Test(
        "an authority is a host with or without a port, and nothing else",
        arguments: [
            ("localhost", "localhost", nil), ("LocalHost:80", "localhost", 80), ("127.0.0.1:0", "127.0.0.1", 0),
            ("[::1]", "[::1]", nil), ("[2001:DB8::1]:65535", "[2001:db8::1]", 65535), ("a_b.c-d:", "a_b.c-d", nil),
        ] as [(String, String, UInt16?)])
    func valid(text: String, host: String, port: UInt16?) throws {
        let authority = try #require(Authority(text))
        #expect(authority.host == host)
        #expect(authority.port == port)
    }

    @Test(
        "what is no authority is none",
        arguments: [
            "", ":", ":80", "[::1]evil", "[::1]80", "[::1", "::1", "[]", "[localhost]", "[1.2.3.4]", "[::1%lo]",
            "a@b", "a/b", "a b", "a,b", "a:b", "a:80:80", "a:65536", "a:-1", "a:+1", "a: 1", "a:000080",
            "\u{212A}.example",
            "é.example", "a\0b", "a#b", "a?b", "%61", String(repeating: "a", count: 254),
        ])
    func invalid(text: String) {
        #expect(Authority(text) == nil)
    }

    @Test(
        "a path is exact when no segment of it is empty",
        arguments: [
            ("/", true), ("/metrics", true), ("/metrics?a=//", true), ("/v1/models/x%2Fy", true),
            ("/.well-known/x", true),
            ("", false), ("*", false), ("metrics", false), ("//", false), ("/metrics/", false), ("//metrics", false),
            ("/a//b", false), ("/metrics/?x", false), ("/a\\b", false), ("/a#b", false), ("/a b", false), ("/é", false),
            ("http://localhost/metrics", false), ("/\u{212A}", false),
        ])
    func exactTargets(target: String, isExact: Bool) {
        #expect(isExactTarget(target) == isExact)
    }
}
