internal import HTTPTypes
internal import Hummingbird
internal import Moderation
internal import NIOCore
internal import Privacy

/// `/api/privacy` and `/api/transparency`: what the documents say, for programs.
struct DisclosureDetails: Sendable {
    let facts: ServiceFacts
    let figures: PublishedFigures

    private let startDay = day(ofUnixTime: unixTime())

    init(facts: ServiceFacts, figures: PublishedFigures) {
        self.facts = facts
        self.figures = figures
    }

    /// What is protected and how, what is kept and for how long.
    func privacy() -> Response {
        let disclosure = facts.disclosure
        return json(
            .object([
                ("policy", .text(Route.privacy.rawValue)),
                ("revised", .text(Revision.all.last?.date ?? "")),
                ("operator", .optional(disclosure.operatorName)),
                ("contact", .optional(disclosure.contact?.description)),
                ("transport", .text(facts.transport.rawValue)),
                ("protections", .list(Protection.allCases.map(protection))),
                (
                    "retention",
                    .object([
                        ("prompt", .text("request")), ("picture", .text("request")),
                        ("network", .text(facts.hashesNetworks ? "keyed_hash" : "none")),
                        ("network_key_seconds", facts.hashesNetworks ? .number(3_600) : .null),
                        ("counts", .text("process")),
                    ])
                ),
                ("metrics", .truth(facts.servesMetrics)),
                ("request_log", .truth(facts.logsRequests)),
                ("rate_limits", rateLimits),
                ("rules", .list(facts.rules.map { .text($0.identifier) })),
                ("picture_checker", .truth(disclosure.model.hasPictureChecker)),
            ]))
    }

    /// What the service is and has done, in figures that show no one's use.
    func transparency() -> Response {
        let figures = figures.read()
        let counts = figures.counts.map { ($0.kind.rawValue, JSONText.number($0.atLeast)) }
        return json(
            .object([
                ("version", .text(facts.disclosure.version)),
                ("source", .optional(facts.disclosure.source?.description)),
                ("model", .text(facts.modelIdentifier)),
                ("since", .text(startDay)),
                ("refreshed_every_seconds", .number(Int(PublishedFigures.period.components.seconds))),
                ("count_step", .number(CoarseCount.step)),
                ("counts_at_least", .object(counts)),
                ("half_waited_at_most_seconds", figures.typicalWait.map(JSONText.decimal) ?? .null),
                ("half_of_steps_took_at_most_seconds", figures.typicalStep.map(JSONText.decimal) ?? .null),
            ]))
    }

    private var rateLimits: JSONText {
        guard let limits = facts.rateLimits else { return .null }
        return .object([
            ("requests_per_minute", .number(limits.requestsPerMinute)),
            ("work_per_minute", .number(limits.workPerMinute)),
        ])
    }

    private func protection(_ protection: Protection) -> JSONText {
        let (state, detail): (String, String?) =
            switch facts.state(of: protection) {
            case .inForce(let detail): ("in_force", detail)
            case .waived: ("waived", nil)
            case .failed(let reason): ("failed", reason)
            }
        return .object([
            ("name", .text(protection.rawValue)), ("summary", .text(protection.summary)), ("state", .text(state)),
            ("detail", .optional(detail)),
        ])
    }

    private func json(_ text: JSONText) -> Response {
        var buffer = ByteBuffer()
        text.write(to: &buffer)
        buffer.writeStaticString("\n")
        return Response(json: buffer)
    }
}
