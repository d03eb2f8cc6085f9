public import Privacy

/// What the service tells of itself that its pages cannot read off the configuration they are served with.
public struct Disclosure: Sendable {
    /// Who runs the service; nil when no name was given.
    public var operatorName: String?

    /// Where they can be written to; nil when no address was given.
    public var contact: Contact?

    /// Where the source of this service can be read; nil when no address was given.
    public var source: WebAddress?

    /// Where visitors reach the service; nil when no address was given.
    public var publicAddress: WebAddress?

    /// How the protections of the process stand. One that is not listed counts as not in force.
    public var protections: [ProtectionStatus]

    /// What the model's folder says of it.
    public var model: ModelPapers

    /// The program's version.
    public var version: String

    /// Lines as the log holds them, for an answered request and for a start; written by what writes the log.
    public var logExample: String

    /// Tells nothing but what is given.
    public init(
        operatorName: String? = nil, contact: Contact? = nil, source: WebAddress? = nil,
        publicAddress: WebAddress? = nil, protections: [ProtectionStatus] = [], model: ModelPapers = ModelPapers(),
        version: String = "", logExample: String = ""
    ) {
        self.operatorName = operatorName
        self.contact = contact
        self.source = source
        self.publicAddress = publicAddress
        self.protections = protections
        self.model = model
        self.version = version
        self.logExample = logExample
    }

    /// Whether a protection is in force.
    func isInForce(_ protection: Protection) -> Bool {
        protections.contains { $0.protection == protection && $0.isInForce }
    }
}
