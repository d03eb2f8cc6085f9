package import Privacy

/// Something that is so with this service or is not, on which sentences of its documents depend.
package enum Fact: Hashable, Sendable, CaseIterable {
    /// This is what keeps a prompt from being read on its way.
    case transport(TransportSecurity)
    /// The protection is in force.
    case protection(Protection)
    /// Every protection is in force.
    case allProtections
    /// Whoever runs the service gave a name.
    case operatorName
    /// Whoever runs the service gave an address to write to.
    case contact
    /// It is known where the source can be read.
    case source
    /// Requesters' networks are told apart, by keyed hashes.
    case networkHash
    /// What one network may ask for is limited.
    case rateLimits
    /// Exact counts are served to whoever can reach the server.
    case metrics
    /// The log has a line for a request.
    case requestLog
    /// A checker looks at finished pictures.
    case pictureChecker
    /// The model's card names a licence.
    case modelLicense

    /// Everything that a condition can name.
    package static let allCases: [Fact] =
        TransportSecurity.allCases.map(Fact.transport) + Protection.allCases.map(Fact.protection) + [
            .allProtections, .operatorName, .contact, .source, .networkHash, .rateLimits, .metrics, .requestLog,
            .pictureChecker, .modelLicense,
        ]

    /// What it is called in the texts.
    package var name: String {
        switch self {
        case .transport(let transport): transport.rawValue
        case .protection(let protection): protection.rawValue
        case .allProtections: "all-protections"
        case .operatorName: "operator"
        case .contact: "contact"
        case .source: "source"
        case .networkHash: "network-hash"
        case .rateLimits: "rate-limits"
        case .metrics: "metrics"
        case .requestLog: "request-log"
        case .pictureChecker: "picture-checker"
        case .modelLicense: "model-licence"
        }
    }

    /// The fact of a name.
    package init?(name: String) {
        guard let fact = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = fact
    }
}
