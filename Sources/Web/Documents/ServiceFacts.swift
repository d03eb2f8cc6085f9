internal import Logging
internal import Moderation
internal import Privacy
internal import Studio

/// What is so with this service, read off the very configuration that it is served with.
///
/// The documents say what these facts say, so that they cannot promise what is switched off.
struct ServiceFacts: Sendable {
    let transport: TransportSecurity
    let hashesNetworks: Bool
    let rateLimits: RateLimits?
    let servesMetrics: Bool
    let logsRequests: Bool
    let rules: [PolicyRule]
    let maximumTime: Duration
    let modelName: String
    let modelIdentifier: String
    let disclosure: Disclosure

    init(
        web: WebConfiguration, studio: StudioConfiguration, model: ModelCard, disclosure: Disclosure,
        logLevel: Logger.Level
    ) {
        transport = web.transportSecurity
        hashesNetworks = web.rateLimits != nil || web.forwardedField != nil || !web.isLoopback
        rateLimits = web.rateLimits
        servesMetrics = web.servesMetrics
        logsRequests = logLevel <= Event.answered(.pictures, status: 200, milliseconds: 0).level
        rules = studio.policy.rules
        maximumTime = studio.maximumTime
        modelName = model.name
        modelIdentifier = model.identifier
        self.disclosure = disclosure
    }

    /// Whether something is so.
    func holds(_ fact: Fact) -> Bool {
        switch fact {
        case .transport(let transport): transport == self.transport
        case .protection(let protection): disclosure.isInForce(protection)
        case .allProtections: Protection.allCases.allSatisfy(disclosure.isInForce)
        case .operatorName: disclosure.operatorName != nil
        case .contact: disclosure.contact != nil
        case .source: disclosure.source != nil
        case .networkHash: hashesNetworks
        case .rateLimits: rateLimits != nil
        case .metrics: servesMetrics
        case .requestLog: logsRequests
        case .pictureChecker: disclosure.model.hasPictureChecker
        case .modelLicense: disclosure.model.license != nil
        }
    }

    /// How a protection stands; one that nobody reported is not in force.
    func state(of protection: Protection) -> ProtectionStatus.State {
        disclosure.protections.first { $0.protection == protection }?.state ?? .failed("nobody reported it")
    }

    /// What the texts' `{{names}}` stand for, as HTML.
    var values: [String: String] {
        var values = [
            "operator": escapedHTML(disclosure.operatorName ?? ""),
            "contact": disclosure.contact.map {
                #"<a href="\#(escapedHTML($0.link))">\#(escapedHTML($0.description))</a>"#
            } ?? "",
            "source": escapedHTML(disclosure.source?.description ?? ""),
            "version": escapedHTML(disclosure.version),
            "model": escapedHTML(modelName),
            "model-summary": escapedHTML(disclosure.model.summary),
            "model-licence": escapedHTML(disclosure.model.license ?? ""),
            "requests-per-minute": rateLimits.map { "\($0.requestsPerMinute)" } ?? "",
            "maximum-time": Self.words(maximumTime),
            "revised": Revision.all.last?.date ?? "",
            "figures-minutes": "\(PublishedFigures.period.components.seconds / 60)",
            "figures-step": "\(CoarseCount.step)",
            "figures-error": "\(2 * CoarseCount.step)",
            "times-minimum": "\(PublishedFigures.minimumForTimes)",
        ]
        for protection in Protection.allCases {
            if case .inForce(let detail?) = state(of: protection) {
                values["detail-\(protection.rawValue)"] = " (\(escapedHTML(detail)))"
            }
        }
        return values
    }

    /// A time as people say it.
    private static func words(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        for (unit, name) in [(3_600, "hour"), (60, "minute")] where seconds >= unit && seconds % unit == 0 {
            return seconds == unit ? "one \(name)" : "\(seconds / unit) \(name)s"
        }
        return seconds == 1 ? "one second" : "\(seconds) seconds"
    }
}
