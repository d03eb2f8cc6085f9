import Privacy
import Web

/// Every key of the service's configuration.
///
/// A key has one name: `max-queue` in the file, `MYSTARION_MAX_QUEUE` in the environment, `--max-queue` as a flag.
enum Setting: String, CaseIterable, Sendable {
    case host
    case port
    case tls
    case tlsCertificate = "tls-certificate"
    case tlsKey = "tls-key"
    case hostnames
    case allowedOrigins = "allowed-origins"
    case maximumConnections = "max-connections"
    case behindProxy = "behind-proxy"
    case proxyField = "proxy-field"
    case model
    case threads
    case maximumBatch = "max-batch"
    case maximumQueue = "max-queue"
    case maximumQueueSeconds = "max-queue-seconds"
    case maximumSeconds = "max-seconds"
    case memoryBudget = "memory-budget"
    case bodyBudget = "body-budget"
    case policy
    case rateLimit = "rate-limit"
    case requestsPerMinute = "rate-limit-requests"
    case workPerMinute = "rate-limit-work"
    case metrics
    case user
    case waive
    case operatorName = "operator"
    case contact
    case source
    case publicURL = "public-url"
    case drainSeconds = "drain-seconds"
    case stuckSeconds = "stuck-seconds"
    case logLevel = "log-level"
    case logFormat = "log-format"

    /// The name in the file.
    var key: String { rawValue }

    /// The name in the environment.
    var variable: String { "MYSTARION_\(rawValue.uppercased().replacing("-", with: "_"))" }

    /// The name as a flag.
    var flag: String { "--\(rawValue)" }

    /// What it may be.
    var kind: SettingKind {
        switch self {
        case .host, .model, .policy, .tlsCertificate, .tlsKey, .user: .text
        case .port: .whole(0...65_535)
        case .tls: .choice(TLSMode.allCases.map(\.rawValue))
        case .hostnames: .hostNames
        case .allowedOrigins: .origins
        case .maximumConnections: .whole(4...100_000)
        case .behindProxy: .truth
        case .threads: .whole(1...1024)
        case .maximumBatch: .whole(1...64)
        case .maximumQueue: .whole(0...10_000)
        case .maximumQueueSeconds: .whole(1...86_400)
        case .maximumSeconds: .whole(1...86_400)
        case .memoryBudget: .bytes(64 << 20...1 << 50)
        case .bodyBudget: .bytes(4 << 20...1 << 49)
        case .proxyField: .choice(ForwardedField.allCases.map(\.rawValue))
        case .rateLimit: .truth
        case .requestsPerMinute: .whole(1...1_000_000)
        case .workPerMinute: .whole(1...1_000_000_000_000)
        case .metrics: .truth
        case .waive: .choices(Protection.allCases.map(\.rawValue))
        case .operatorName: .name
        case .contact: .contact
        case .source, .publicURL: .webAddress
        case .drainSeconds: .whole(0...3600)
        case .stuckSeconds: .whole(10...86_400)
        case .logLevel: .choice(LogLevel.allCases.map(\.rawValue))
        case .logFormat: .choice(LogFormat.allCases.map(\.rawValue))
        }
    }

    /// What it is when nobody says; nil where that depends on the machine or on other keys, as ``help`` says.
    var standard: String? {
        switch self {
        case .host: "127.0.0.1"
        case .port: "8080"
        case .maximumConnections: "\(ConnectionLimits().connections)"
        case .behindProxy: "false"
        case .proxyField: ForwardedField.xForwardedFor.rawValue
        case .model: "mystarion-icons"
        case .maximumBatch: "4"
        case .maximumQueue: "64"
        case .maximumQueueSeconds: "1800"
        case .maximumSeconds: "3600"
        case .requestsPerMinute: "\(RateLimits().requestsPerMinute)"
        case .workPerMinute: "\(RateLimits().workPerMinute)"
        case .drainSeconds: "30"
        case .stuckSeconds: "300"
        case .logLevel: "info"
        case .logFormat: "text"
        case .tls, .tlsCertificate, .tlsKey, .hostnames, .allowedOrigins, .threads, .memoryBudget, .bodyBudget, .policy,
            .rateLimit, .metrics, .user, .waive, .operatorName, .contact, .source, .publicURL:
            nil
        }
    }

    /// What it is for, in sentences.
    var help: String {
        switch self {
        case .host: "The address to listen on."
        case .port: "The port to listen on; 0 lets the system choose."
        case .tls: "How TLS is spoken; unless set, with the certificate that tls-certificate names, or not at all."
        case .tlsCertificate: "The certificate's file in PEM, its own first and then those that it is signed with."
        case .tlsKey: "The file of the certificate's key in PEM; the certificate's own file unless set."
        case .hostnames:
            "The names that the server answers to besides localhost; any in TLS or behind a proxy unless set."
        case .allowedOrigins: "Origins whose pages may use the interfaces for programs; none unless set."
        case .maximumConnections: "The most connections at once; one network may have a quarter of them, a proxy all."
        case .behindProxy: "Allow an address that others can reach, because a proxy adds TLS."
        case .model: "The model's folder, or its name in the models folder."
        case .threads: "How many threads compute; one for each processor that the process may use unless set."
        case .maximumBatch: "The most pictures in one pass of the denoiser; 1 switches step batching off."
        case .maximumQueue: "The most requests that wait besides a full batch."
        case .maximumQueueSeconds: "The most work that may wait, in estimated seconds."
        case .maximumSeconds: "The longest that a request may take in seconds, waiting included."
        case .memoryBudget: "What requests may need together above the model; what the machine has left unless set."
        case .bodyBudget:
            "What the bodies of all requests may hold together, out of memory-budget; a quarter, at most 512MiB, unless set."
        case .proxyField: "The field in which the proxy says whose request it passes on; only its last element counts."
        case .policy:
            "A file with the prompt policy, instead of the standard one that 'mystarion config policy' prints."
        case .rateLimit: "Limit what one network may ask for; unless set, only where others can reach the server."
        case .requestsPerMinute: "With rate-limit: how many requests for pictures one network may send a minute."
        case .workPerMinute: "With rate-limit: how much work one network may ask for a minute, in pixels times steps."
        case .metrics: "Serve /metrics to whoever can reach the server; only without a proxy on 127.0.0.1 unless set."
        case .user:
            "As root: the user to become, by name or number, once the port is bound and before anything is served."
        case .waive: "Protections of the process to do without, separated by commas; 'mystarion privacy' lists them."
        case .operatorName: "Who runs the service: the name of a person or an organisation, for the privacy policy."
        case .contact: "Where visitors can write to whoever runs the service; for the policy and security.txt."
        case .source: "Where the source of this service can be read; for the documents."
        case .publicURL: "Where visitors reach the service, such as https://pictures.example; for security.txt."
        case .drainSeconds: "On SIGTERM, how long admitted requests get to finish."
        case .stuckSeconds: "After how many seconds without a step /readyz says that the work is stuck."
        case .logLevel: "The least important events that are logged."
        case .logFormat: "How events are logged: lines for people, or a JSON object a line."
        }
    }
}
