import Testing
import Web

@Suite("Contacts and addresses")
struct ContactTests {
    @Test(
        "mail addresses and pages are taken",
        arguments: [
            "privacy@example.org", "a.b+c_d-e@sub.example.co", "https://example.org",
            "https://example.org:8443/a?b=c#d",
        ])
    func good(text: String) {
        #expect(Contact(text)?.description == text)
    }

    @Test(
        "nothing else is, so that nothing else gets into a page's links",
        arguments: [
            "", "privacy", "@example.org", "privacy@", "privacy@example", "a@b@example.org", ".a@example.org",
            "a..b@example.org", "a@-example.org", "a@example..org", "a b@example.org", "a@example.org\nBcc: x",
            "http://example.org", "https://", "https:///path", "https://user@example.org", "https://example.org/\"",
            "https://example.org/<", "https://example.org/a b", "https://exämple.org", "https://example.org:0",
            "https://example.org:99999", "https://-a.example", "javascript:alert(1)", "a?subject=x@example.org",
            "https://example.org/'", "https://example.org/)",
        ])
    func bad(text: String) {
        #expect(Contact(text) == nil)
    }

    @Test("what is too long is no address")
    func long() {
        #expect(WebAddress("https://example.org/" + String(repeating: "a", count: 600)) == nil)
        #expect(Contact(String(repeating: "a", count: 65) + "@example.org") == nil)
    }
}
