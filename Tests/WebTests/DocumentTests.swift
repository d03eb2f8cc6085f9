import Foundation
import HTTPTypes
import Logging
import Moderation
import Privacy
import Studio
import Testing
import Web

/// The documents over HTTP: each test changes the configuration and looks for the sentence that changes with it.
@Suite("The documents")
struct DocumentTests {
    /// Every protection, in force but for some.
    private static func protections(without waived: Set<Protection> = []) -> [ProtectionStatus] {
        Protection.allCases.map {
            ProtectionStatus(protection: $0, state: waived.contains($0) ? .waived : .inForce(nil))
        }
    }

    /// The names of the policy's sentences that are shown.
    private func sentences(
        _ configuration: WebConfiguration = WebConfiguration(port: 0), log: CapturedLog = CapturedLog(),
        bounds: StudioConfiguration = StudioConfiguration(), disclosure: Disclosure = Disclosure(),
        at path: String = "/privacy"
    ) async throws -> Set<String> {
        let page = try await withServer(log: log, configuration: configuration, bounds: bounds, disclosure: disclosure)
        {
            try await $0.get(path)
        }
        #expect(page.status == 200)
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        return Set(page.text.matches(of: #/data-sentence="([^"]*)"/#).map { String($0.output.1) })
    }

    @Test("a sentence about limits is there only where there are limits, with their number")
    func rateLimits() async throws {
        let limited = WebConfiguration(port: 0, rateLimits: RateLimits(requestsPerMinute: 73))
        #expect(try await sentences(limited).isSuperset(of: ["network", "network-key", "network-limits"]))
        let page = try await withServer(configuration: limited) { try await $0.get("/privacy") }
        #expect(page.text.contains("73 requests"))

        let alone = try await sentences()
        #expect(alone.contains("network-unused"))
        #expect(alone.isDisjoint(with: ["network", "network-key", "network-limits", "network-no-limits"]))

        let unlimited = try await sentences(WebConfiguration(port: 0, forwardedField: .forwarded))
        #expect(unlimited.isSuperset(of: ["network", "network-no-limits"]))
        #expect(unlimited.isDisjoint(with: ["network-unused", "network-limits"]))
    }

    @Test("the policy names metrics just where they are served", arguments: [true, false])
    func metrics(areServed: Bool) async throws {
        let shown = try await sentences(WebConfiguration(port: 0, servesMetrics: areServed))
        #expect(shown.contains("counts-exact") == areServed)
        #expect(shown.contains("counts-closed") == !areServed)
    }

    @Test("the policy describes the way that a prompt takes, and no other")
    func transport() async throws {
        let ways: [(WebConfiguration, TransportSecurity)] = [
            (WebConfiguration(port: 0), .loopback),
            (WebConfiguration(port: 0, forwardedField: .xForwardedFor), .proxy),
            (WebConfiguration(port: 0, tls: .selfSigned), .selfSigned),
            (WebConfiguration(port: 0, tls: .certificate(CertificateFiles(certificate: "chain.pem"))), .certificate),
        ]
        for (configuration, transport) in ways {
            #expect(configuration.transportSecurity == transport)
            let shown = try await sentences(configuration)
            for other in TransportSecurity.allCases {
                #expect(shown.contains("transport-\(other.rawValue)") == (other == transport), "\(other)")
            }
            #expect(shown.contains("transport-proxy-sees") == (transport == .proxy))
        }
    }

    @Test("the policy says plainly which protection is off", arguments: Protection.allCases)
    func waived(protection: Protection) async throws {
        let all = try await withServer(disclosure: Disclosure(protections: Self.protections())) {
            try await $0.get("/privacy").text
        }
        #expect(!all.contains("Switched off:"))
        #expect(all.contains("data-sentence=\"protections-all\""))
        #expect(!all.contains("data-sentence=\"short-weaker\""))

        let disclosure = Disclosure(protections: Self.protections(without: [protection]))
        let page = try await withServer(disclosure: disclosure) { try await $0.get("/privacy").text }
        #expect(page.contains("Switched off:</strong> the protection by which \(escaped(protection.summary))."))
        #expect(page.components(separatedBy: "Switched off:").count == 2)
        #expect(page.contains("data-sentence=\"short-weaker\""))
        #expect(page.contains("data-sentence=\"protections-some\""))
        #expect(!page.contains("data-sentence=\"protections-all\""))

        let transparency = try await sentences(disclosure: disclosure, at: "/transparency")
        for other in Protection.allCases {
            #expect(transparency.contains("\(other.rawValue)-on") == (other != protection))
            #expect(transparency.contains("\(other.rawValue)-off") == (other == protection))
        }
    }

    @Test("what a protection makes true is said only while it is in force")
    func promises() async throws {
        let all = try await sentences(disclosure: Disclosure(protections: Self.protections()))
        #expect(all.isSuperset(of: ["short-kept", "overwritten", "no-disk", "no-calls"]))
        let cases: [(Set<Protection>, Set<String>, Set<String>)] = [
            ([.eraseOnFree], ["short-kept", "overwritten"], ["short-kept-weaker", "not-overwritten"]),
            ([.files], ["no-disk"], ["no-disk-weaker"]),
            ([.systemCalls], ["no-calls"], ["no-calls-ports"]),
            ([.systemCalls, .ports], ["no-calls", "no-calls-ports"], ["no-calls-weaker"]),
        ]
        for (waived, gone, said) in cases {
            let shown = try await sentences(disclosure: Disclosure(protections: Self.protections(without: waived)))
            #expect(shown.isDisjoint(with: gone), "\(waived)")
            #expect(shown.isSuperset(of: said), "\(waived)")
        }
    }

    @Test("a protection that nobody reported is not claimed")
    func unreported() async throws {
        let shown = try await sentences(disclosure: Disclosure())
        #expect(shown.isDisjoint(with: ["short-kept", "overwritten", "no-disk", "no-calls", "protections-all"]))
    }

    @Test("who runs the service is said as they gave it, and never as markup")
    func operatorAndContact() async throws {
        let disclosure = Disclosure(
            operatorName: #"Ann & <b>Sons</b>"#, contact: Contact("privacy@example.org"),
            source: WebAddress("https://example.org/source?a=1&b=2"))
        let page = try await withServer(disclosure: disclosure) { try await $0.get("/privacy").text }
        #expect(page.contains("<strong>Ann &amp; &lt;b&gt;Sons&lt;/b&gt;</strong> runs this service"))
        #expect(page.contains(#"<a href="mailto:privacy@example.org">privacy@example.org</a>"#))
        #expect(page.contains(#"<a href="https://example.org/source?a=1&amp;b=2">"#))
        let named = try await sentences(disclosure: disclosure)
        #expect(named.isDisjoint(with: ["operator-unnamed", "contact-missing", "contact-missing-here"]))

        let here = try await sentences()
        #expect(here.isSuperset(of: ["operator-unnamed", "contact-missing-here", "check-no-source"]))
        #expect(here.isDisjoint(with: ["operator", "contact", "contact-missing", "check-source"]))
        let elsewhere = try await sentences(WebConfiguration(port: 0, forwardedField: .forwarded))
        #expect(elsewhere.contains("contact-missing") && !elsewhere.contains("contact-missing-here"))
    }

    @Test("the policy says whether the log has a line for a request", arguments: [Logger.Level.info, .notice])
    func log(level: Logger.Level) async throws {
        let shown = try await sentences(log: CapturedLog(level: level))
        #expect(shown.contains("log") == (level == .info))
        #expect(shown.contains("log-off") == (level == .notice))
    }

    @Test("the policy lists the rules in force, and a checker where there is one")
    func moderation() async throws {
        var bounds = StudioConfiguration()
        bounds.policy = try PromptPolicy(text: "rule hats: Hats & bonnets are not made here.\n  top hat\n")
        var papers = ModelPapers()
        papers.hasPictureChecker = true
        let page = try await withServer(bounds: bounds, disclosure: Disclosure(model: papers)) {
            try await $0.get("/privacy").text
        }
        #expect(page.contains("<li>Hats &amp; bonnets are not made here.</li>"))
        #expect(page.contains("<li>Sexual content involving minors is not made here.</li>"))
        #expect(!page.contains("Gore"))
        #expect(page.contains("data-sentence=\"picture-checker\""))
        #expect(try await !sentences().contains("picture-checker"))
    }

    @Test("the longest time of a request is the one in force")
    func maximumTime() async throws {
        var bounds = StudioConfiguration()
        bounds.maximumTime = .seconds(90)
        let page = try await withServer(bounds: bounds) { try await $0.get("/privacy").text }
        #expect(page.contains("No request takes longer than 90 seconds,"))
        let usual = try await withServer { try await $0.get("/privacy").text }
        #expect(usual.contains("No request takes longer than one hour,"))
    }

    @Test("about tells what the model's folder says, as text")
    func about() async throws {
        var papers = ModelPapers()
        papers.summary = "Draws <hats>."
        papers.weightBytes = 71_600_000
        papers.license = "cc-by-4.0"
        papers.sections = [ModelPapers.Section(heading: "Data & licences", text: "A <thousand> hats.")]
        papers.attribution = "Hats: Copyright A & B"
        let page = try await withServer(disclosure: Disclosure(model: papers, version: "9.8.7")) {
            try await $0.get("/about").text
        }
        for words in [
            "Draws &lt;hats&gt;.", "72 MB", "cc-by-4.0", "Data &amp; licences", "A &lt;thousand&gt; hats.",
            "Hats: Copyright A &amp; B", "Fake &lt;Model&gt;", "Mystarion 9.8.7", "Hummingbird",
        ] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(try await sentences(disclosure: Disclosure(model: papers), at: "/terms").contains("model-licence"))
        #expect(try await !sentences(at: "/terms").contains("model-licence"))
    }

    @Test(
        "no page shows what a text is made of",
        arguments: ["/privacy", "/terms", "/about", "/transparency"])
    func markup(path: String) async throws {
        for configuration in [WebConfiguration(port: 0), WebConfiguration(port: 0, forwardedField: .forwarded)] {
            let page = try await withServer(configuration: configuration) { try await $0.get(path).text }
            for mark in ["{{", "}}", "**", "](", "[no-", "<p></p>", "<li></li>"] {
                #expect(!page.contains(mark), "\(mark)")
            }
            #expect(page.contains(#"<a href="\#(path)" aria-current="page">"#))
            #expect(!page.contains("<script") && !page.contains("style="))
        }
    }

    @Test("programs are told the same")
    func details() async throws {
        let configuration = WebConfiguration(
            port: 0, rateLimits: RateLimits(requestsPerMinute: 5, workPerMinute: 6), forwardedField: .forwarded,
            servesMetrics: false)
        let disclosure = Disclosure(
            operatorName: #"A "B""#, contact: Contact("https://example.org/contact"),
            protections: Self.protections(without: [.ports]))
        let log = CapturedLog(level: .notice)
        let privacy = try await withServer(log: log, configuration: configuration, disclosure: disclosure) {
            try await $0.get("/api/privacy")
        }.json()
        #expect(privacy["operator"] as? String == #"A "B""#)
        #expect(privacy["contact"] as? String == "https://example.org/contact")
        #expect(privacy["transport"] as? String == "proxy")
        #expect(privacy["metrics"] as? Bool == false)
        #expect(privacy["request_log"] as? Bool == false)
        #expect(privacy["rate_limits"] as? [String: Int] == ["requests_per_minute": 5, "work_per_minute": 6])
        #expect((privacy["retention"] as? [String: Any])?["network"] as? String == "keyed_hash")
        let protections = try #require(privacy["protections"] as? [[String: Any]])
        #expect(protections.map { $0["name"] as? String } == Protection.allCases.map(\.rawValue))
        let off = protections.filter { $0["state"] as? String != "in_force" }
        #expect(off.map { $0["name"] as? String } == ["ports"])
        #expect(off.first?["state"] as? String == "waived")

        let alone = try await withServer { try await $0.get("/api/privacy") }.json()
        #expect(alone["contact"] is NSNull && alone["rate_limits"] is NSNull)
        #expect((alone["retention"] as? [String: Any])?["network"] as? String == "none")
    }

    @Test("security.txt names the contact for at most a year, and is not there without one")
    func securityText() async throws {
        let path = "/.well-known/security.txt"
        try await withServer { client in
            let answer = try await client.get(path)
            #expect(answer.status == 404)
            #expect(answer.text.contains("has set no contact"))
        }
        let disclosure = Disclosure(
            contact: Contact("security@example.org"), source: WebAddress("https://github.com/example/mystarion"),
            publicAddress: WebAddress("https://pictures.example/"))
        let answer = try await withServer(disclosure: disclosure) { try await $0.get(path) }
        #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
        let lines = answer.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("Contact: mailto:security@example.org"))
        #expect(lines.contains("Preferred-Languages: en"))
        #expect(lines.contains("Canonical: https://pictures.example/.well-known/security.txt"))
        #expect(lines.contains("Policy: https://github.com/example/mystarion/blob/HEAD/SECURITY.md"))
        let expiry = try #require(lines.first { $0.hasPrefix("Expires: ") }?.dropFirst("Expires: ".count))
        let date = try Date(String(expiry), strategy: .iso8601)
        #expect(date > Date(timeIntervalSinceNow: 30 * 86_400) && date < Date(timeIntervalSinceNow: 365 * 86_400))
    }

    private func escaped(_ text: String) -> String { text.replacing("'", with: "&#39;") }
}
