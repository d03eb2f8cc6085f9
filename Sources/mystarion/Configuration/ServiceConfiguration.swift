import Moderation
import Privacy
import Studio
import Web

/// How `mystarion serve` is to work, checked.
struct ServiceConfiguration: Sendable {
    let web: WebConfiguration
    /// The certificate for TLS; nil for plain HTTP.
    let certificates: CertificateStore?
    let studio: StudioConfiguration
    let model: InstalledModel
    let threads: Int?
    let drain: Duration
    let stuckAfter: Duration
    /// The user that the server becomes; nil when it stays who started it.
    let user: ServiceUser?
    /// Protections that need not be in force.
    let waived: Set<Protection>
    /// What the documents say of who runs the service, and of where it and its source are.
    let disclosure: Disclosure
    let logLevel: LogLevel
    let logFormat: LogFormat
    /// How many keys have another value than when nobody says.
    let changes: Int

    /// Makes the configuration that values describe; what cannot be is added to their problems, and gives nil.
    init?(_ values: inout ConfigurationValues) {
        let host = values[.host].text ?? ""
        let isLoopback = WebConfiguration(host: host).isLoopback
        let isBehindProxy = values.truth(.behindProxy) ?? false
        let transport = TransportSettings(in: &values, host: host)
        certificates = transport.certificates
        let connections = values.whole(.maximumConnections) ?? 1
        if !OpenFiles.canHold(connections: connections) {
            values.complain(
                about: .maximumConnections,
                "the limit on open files does not allow so many; raise it (ulimit -Hn, or LimitNOFILE= of systemd).")
        }
        if let all = values.bytes(.memoryBudget), let bodies = values.bytes(.bodyBudget), bodies > all / 2 {
            values.complain(about: .bodyBudget, "it may be no more than half of \(Setting.memoryBudget.key).")
        }
        var model: InstalledModel?
        do {
            model = try InstalledModel.find(values[.model].text)
        } catch {
            values.complain(about: .model, (error as? Failure)?.message ?? "it cannot be found.")
        }
        let policy = PolicyFile.read(in: &values)
        user = Self.user(in: &values)
        guard values.problems.isEmpty, let model, let policy else { return nil }
        self.model = model

        let limits = RateLimits(
            requestsPerMinute: values.whole(.requestsPerMinute) ?? 1, workPerMinute: values.whole(.workPerMinute) ?? 1)
        let field = values[.proxyField].text.flatMap(ForwardedField.init(rawValue:))
        var web = WebConfiguration(
            host: host, port: values.whole(.port) ?? 0, tls: transport.source,
            rateLimits: values.truth(.rateLimit) ?? (isBehindProxy || !isLoopback) ? limits : nil,
            forwardedField: isBehindProxy ? field : nil,
            servesMetrics: values.truth(.metrics) ?? (isLoopback && !isBehindProxy))
        web.hostnames = values.list(.hostnames)
        web.allowedOrigins = values.list(.allowedOrigins)
        web.limits.connections = connections
        self.web = web
        var studio = StudioConfiguration(
            maximumBatch: values.whole(.maximumBatch) ?? 1, maximumQueue: values.whole(.maximumQueue) ?? 0)
        studio.maximumQueueSeconds = values.whole(.maximumQueueSeconds).map(Double.init) ?? studio.maximumQueueSeconds
        studio.maximumTime = values.whole(.maximumSeconds).map { .seconds($0) } ?? studio.maximumTime
        studio.memoryBudget = values.bytes(.memoryBudget)
        studio.bodyBudget = values.bytes(.bodyBudget)
        studio.policy = policy
        self.studio = studio

        threads = values.whole(.threads)
        drain = .seconds(values.whole(.drainSeconds) ?? 0)
        stuckAfter = .seconds(values.whole(.stuckSeconds) ?? 0)
        disclosure = Disclosure(
            operatorName: values[.operatorName].text, contact: values[.contact].text.flatMap(Contact.init),
            source: values[.source].text.flatMap(WebAddress.init),
            publicAddress: values[.publicURL].text.flatMap(WebAddress.init), version: Mystarion.version)
        waived = Set(values.list(.waive).compactMap(Protection.init(rawValue:)))
        logLevel = values[.logLevel].text.flatMap(LogLevel.init(rawValue:)) ?? .info
        logFormat = values[.logFormat].text.flatMap(LogFormat.init(rawValue:)) ?? .text
        changes = values.changes
    }

    private static func user(in values: inout ConfigurationValues) -> ServiceUser? {
        guard let name = values[.user].text else { return nil }
        let user = ServiceUser(named: name)
        if user == nil { values.complain(about: .user, "there is no such user.") }
        if let user, !user.isCurrent, !ServiceUser.isRoot {
            values.complain(
                about: .user, "only root can become another user; leave it out, or start the server as root.")
        }
        return user
    }

    /// What is allowed, but should be otherwise.
    var remarks: [String] {
        guard web.transportSecurity != .loopback else { return [] }
        let missing = [
            disclosure.operatorName == nil ? Setting.operatorName : nil, disclosure.contact == nil ? .contact : nil,
        ].compactMap { $0 }
        guard !missing.isEmpty else { return [] }
        return [
            """
            others can use this service, and its privacy policy says that nobody is named as answering for it. Set \
            \(missing.map { "\($0.key) (\($0.flag))" }.joined(separator: " and ")).
            """
        ]
    }
}
