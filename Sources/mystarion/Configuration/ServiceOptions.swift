import ArgumentParser

/// The configuration's keys as flags. They are read as text, so that all mistakes are told together.
struct ServiceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with configuration. (default: \(ConfigurationFile.standardPath), if there)", valueName: "file"))
    var config: String?

    @Option(help: .of(.host)) var host: String?
    @Option(help: .of(.port)) var port: String?
    @Option(help: .of(.model)) var model: String?
    @Option(help: .of(.threads)) var threads: String?
    @Option(help: .of(.tls)) var tls: String?
    @Option(help: .of(.tlsCertificate)) var tlsCertificate: String?
    @Option(help: .of(.tlsKey)) var tlsKey: String?
    @Option(help: .of(.hostnames)) var hostnames: String?
    @Option(help: .of(.allowedOrigins)) var allowedOrigins: String?
    @Option(help: .of(.maximumConnections)) var maxConnections: String?
    @Flag(inversion: .prefixedNo, help: .of(.behindProxy)) var behindProxy: Bool?
    @Option(help: .of(.proxyField)) var proxyField: String?
    @Option(help: .of(.maximumBatch)) var maxBatch: String?
    @Option(help: .of(.maximumQueue)) var maxQueue: String?
    @Option(help: .of(.maximumQueueSeconds)) var maxQueueSeconds: String?
    @Option(help: .of(.maximumSeconds)) var maxSeconds: String?
    @Option(help: .of(.memoryBudget)) var memoryBudget: String?
    @Option(help: .of(.bodyBudget)) var bodyBudget: String?
    @Option(help: .of(.policy)) var policy: String?
    @Flag(inversion: .prefixedNo, help: .of(.rateLimit)) var rateLimit: Bool?
    @Option(help: .of(.requestsPerMinute)) var rateLimitRequests: String?
    @Option(help: .of(.workPerMinute)) var rateLimitWork: String?
    @Flag(inversion: .prefixedNo, help: .of(.metrics)) var metrics: Bool?
    @Option(help: .of(.user)) var user: String?
    @Option(help: .of(.waive)) var waive: String?
    @Option(help: .of(.operatorName)) var `operator`: String?
    @Option(help: .of(.contact)) var contact: String?
    @Option(help: .of(.source)) var source: String?
    @Option(name: .customLong("public-url"), help: .of(.publicURL)) var publicURL: String?
    @Option(help: .of(.drainSeconds)) var drainSeconds: String?
    @Option(help: .of(.stuckSeconds)) var stuckSeconds: String?
    @Option(help: .of(.logLevel)) var logLevel: String?
    @Option(help: .of(.logFormat)) var logFormat: String?

    /// What the flags, the environment and the file say together.
    var values: ConfigurationValues { ConfigurationValues(flags: flags, file: config) }

    private var flags: [Setting: String] {
        let given: [Setting: String?] = [
            .host: host, .port: port, .model: model, .threads: threads, .behindProxy: behindProxy.map(\.description),
            .proxyField: proxyField, .rateLimit: rateLimit.map(\.description), .requestsPerMinute: rateLimitRequests,
            .workPerMinute: rateLimitWork,
            .maximumBatch: maxBatch, .maximumQueue: maxQueue, .maximumQueueSeconds: maxQueueSeconds,
            .maximumSeconds: maxSeconds, .memoryBudget: memoryBudget, .bodyBudget: bodyBudget,
            .metrics: metrics.map(\.description),
            .operatorName: `operator`, .contact: contact, .source: source, .publicURL: publicURL,
            .policy: policy, .user: user, .waive: waive, .tls: tls, .tlsCertificate: tlsCertificate, .tlsKey: tlsKey,
            .hostnames: hostnames, .allowedOrigins: allowedOrigins, .maximumConnections: maxConnections,
            .drainSeconds: drainSeconds, .stuckSeconds: stuckSeconds, .logLevel: logLevel, .logFormat: logFormat,
        ]
        return given.compactMapValues { $0 }
    }
}

extension ArgumentHelp {
    /// What a key is for, as help for its flag.
    fileprivate static func of(_ setting: Setting) -> ArgumentHelp {
        let standard = setting.standard.map { " (default: \($0))" } ?? ""
        return ArgumentHelp("\(setting.help)\(standard)", valueName: setting.kind.valueName)
    }
}

extension SettingKind {
    fileprivate var valueName: String {
        switch self {
        case .text, .name: "text"
        case .contact: "address"
        case .webAddress: "url"
        case .truth: "bool"
        case .whole: "n"
        case .bytes: "size"
        case .choice(let words): words.joined(separator: "|")
        case .choices, .hostNames, .origins: "list"
        }
    }
}
