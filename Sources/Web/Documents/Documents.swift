internal import HTTPTypes
internal import Hummingbird
internal import Moderation
internal import NIOCore
internal import Privacy

/// What the service says of itself, for people: the policy, the terms, the model, and how all of it stands.
struct Documents: Sendable {
    let facts: ServiceFacts
    let figures: PublishedFigures

    private let template = DocumentTemplate()
    private let privacyText = DocumentText.own(PackageResources.privacy_txt)
    private let termsText = DocumentText.own(PackageResources.terms_txt)
    private let aboutText = DocumentText.own(PackageResources.about_txt)
    private let transparencyText = DocumentText.own(PackageResources.transparency_txt)
    private let startDay = day(ofUnixTime: unixTime())

    init(facts: ServiceFacts, figures: PublishedFigures) {
        self.facts = facts
        self.figures = figures
    }

    /// `/privacy`.
    func privacy() -> Response {
        template.page(
            privacyText, at: .privacy, facts: facts,
            insertions: [
                "rules": rules, "protections": protections, "log-example": logExample, "revisions": revisions,
            ])
    }

    /// `/terms`.
    func terms() -> Response {
        template.page(termsText, at: .terms, facts: facts, insertions: ["rules": rules])
    }

    /// `/about`.
    func about() -> Response {
        template.page(
            aboutText, at: .about, facts: facts,
            insertions: [
                "model-table": modelTable, "model-papers": modelPapers,
                "notice": preformatted(
                    String(decoding: PackageResources.notice_txt, as: UTF8.self), name: "NOTICE", isProse: true),
            ])
    }

    /// `/transparency`.
    func transparency() -> Response {
        template.page(
            transparencyText, at: .transparency, facts: facts,
            insertions: ["figures": figureTable, "settings": settingTable, "log-example": logExample])
    }

    private var rules: String {
        "<ul>\n\(facts.rules.map { "<li>\(escapedHTML($0.message))</li>\n" }.joined())</ul>\n"
    }

    private var protections: String {
        let rows = Protection.allCases.map { protection in
            let isInForce = facts.disclosure.isInForce(protection)
            return """
                <li class="\(isInForce ? "in-force" : "off")">\
                <strong>\(isInForce ? "In force:" : "Switched off:")</strong> \
                \(isInForce ? "" : "the protection by which ")\(escapedHTML(protection.summary)).</li>

                """
        }
        return "<ul class=\"states\">\n\(rows.joined())</ul>\n"
    }

    private var logExample: String {
        facts.disclosure.logExample.isEmpty ? "" : preformatted(facts.disclosure.logExample, name: "Lines of the log")
    }

    private var revisions: String {
        let rows = Revision.all.reversed().map {
            "<dt><time>\(escapedHTML($0.date))</time></dt>\n<dd>\(escapedHTML($0.summary))</dd>\n"
        }
        return "<dl>\n\(rows.joined())</dl>\n"
    }

    private var modelTable: String {
        let papers = facts.disclosure.model
        let megabytes = max(1, (papers.weightBytes + 500_000) / 1_000_000)
        return table([
            ("Name", facts.modelName), ("Identifier", facts.modelIdentifier), ("Family", papers.architecture),
            ("Size", papers.weightBytes > 0 ? "\(megabytes) MB" : ""), ("Licence", papers.license ?? ""),
        ])
    }

    private var modelPapers: String {
        let papers = facts.disclosure.model
        let sections = papers.sections.map {
            "<h3>\(escapedHTML($0.heading))</h3>\n\(preformatted($0.text, name: $0.heading, isProse: true))"
        }
        let attribution = papers.attribution.map {
            "<h3>What travels with the model</h3>\n\(preformatted($0, name: "What travels with the model", isProse: true))"
        }
        return sections.joined() + (attribution ?? "")
    }

    private var figureTable: String {
        let figures = figures.read()
        func seconds(_ value: Double?) -> String { value.map { "at most \(decimal($0)) s" } ?? "too few to say" }
        let rows =
            figures.counts.map { count in
                let words = count.kind.words
                return (
                    words.prefix(1).uppercased() + words.dropFirst(),
                    count.atLeast == 0 ? "fewer than \(2 * CoarseCount.step)" : "at least \(count.atLeast)"
                )
            } + [
                ("Wait of half of the requests", seconds(figures.typicalWait)),
                ("Time of half of the model’s steps", seconds(figures.typicalStep)), ("Counted since", startDay),
            ]
        return table(rows)
    }

    private var settingTable: String {
        let limits = facts.rateLimits
        return table([
            ("Version", facts.disclosure.version),
            ("Model", facts.modelName),
            ("Encryption on the way", facts.transport.words),
            ("Longest request", facts.values["maximum-time"] ?? ""),
            ("Requests a minute from one network", limits.map { "\($0.requestsPerMinute)" } ?? "not limited"),
            (
                "Work a minute from one network",
                limits.map { "\(rounded($0.workPerMinute)) pixels times steps" } ?? "not limited"
            ),
            ("Exact counts at /metrics", facts.servesMetrics ? "yes" : "no"),
            ("Lines in the log for requests", facts.logsRequests ? "yes" : "no"),
            ("Rules for prompts", facts.rules.map(\.identifier).joined(separator: ", ")),
            ("Policy of", Revision.all.last?.date ?? ""),
        ])
    }

    /// A large number in millions, where that is a whole number of them.
    private func rounded(_ number: Int) -> String {
        number >= 1_000_000 && number % 1_000_000 == 0 ? "\(number / 1_000_000) million" : "\(number)"
    }

    /// Names and values; rows without a value are left out.
    private func table(_ rows: [(name: String, value: String)]) -> String {
        let cells = rows.filter { !$0.value.isEmpty }.map {
            #"<tr><th scope="row">\#(escapedHTML($0.name))</th><td>\#(escapedHTML($0.value))</td></tr>"# + "\n"
        }
        return "<table>\n<tbody>\n\(cells.joined())</tbody>\n</table>\n"
    }

    /// Text as it is, that can be scrolled by those who have no mouse either.
    private func preformatted(_ text: String, name: String, isProse: Bool = false) -> String {
        let kind = isProse ? #" class="prose""# : ""
        return #"<pre\#(kind) tabindex="0" role="region" aria-label="\#(escapedHTML(name))">"#
            + "\(escapedHTML(text))</pre>\n"
    }
}

extension TransportSecurity {
    /// What it is, in a few words.
    fileprivate var words: String {
        switch self {
        case .loopback: "none, and none needed: nothing leaves this machine"
        case .proxy: "left to a proxy before the server"
        case .selfSigned: "TLS with a certificate that the server made for itself"
        case .certificate: "TLS with a certificate"
        }
    }
}

/// A number of seconds without a needless fraction.
func decimal(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
}
