/// Where the server listens, and to whom.
public struct WebConfiguration: Sendable, Equatable {
    /// The address, or a name for it.
    public var host: String

    /// The port; 0 lets the system choose.
    public var port: Int

    /// Where the certificate for TLS comes from; nil for plain HTTP.
    public var tls: TLSSource?

    /// The names that the server answers to; when there are none, any of those that it can be reached by.
    public var hostnames: [String] = []

    /// Whose pages may send requests and read answers besides the server's own.
    public var allowedOrigins: [String] = []

    /// What one requester may ask for; nil for no limits, as on this machine alone, where all are one requester.
    public var rateLimits: RateLimits?

    /// Where a trusted proxy says whose request it passes on; nil when there is none.
    public var forwardedField: ForwardedField?

    /// How slow and how many clients may be.
    public var limits = ConnectionLimits()

    /// The longest that a stream of events sends nothing, so that proxies do not think it dead.
    public var keepAlive = Duration.seconds(15)

    /// Whether `/metrics` is there; unless told otherwise, where only this machine can ask for it.
    public var servesMetrics: Bool

    /// Listens on an address: this machine's own and port 8080 unless told otherwise.
    public init(
        host: String = "127.0.0.1", port: Int = 8080, tls: TLSSource? = nil, rateLimits: RateLimits? = nil,
        forwardedField: ForwardedField? = nil, servesMetrics: Bool? = nil
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.rateLimits = rateLimits
        self.forwardedField = forwardedField
        self.servesMetrics = servesMetrics ?? Self.isLoopback(host)
    }

    /// Whether only this machine can reach the address, where plain HTTP is safe.
    public var isLoopback: Bool { Self.isLoopback(host) }

    /// What keeps a prompt from being read on its way.
    ///
    /// Behind a proxy it is always the proxy's TLS: where it ends, the prompt can be read, whatever comes after.
    public var transportSecurity: TransportSecurity {
        if forwardedField != nil { return .proxy }
        return switch tls {
        case .certificate: .certificate
        case .selfSigned: .selfSigned
        case nil: .loopback
        }
    }

    /// The names to answer to besides this machine's own; nil for any.
    ///
    /// In TLS a browser sees from the certificate whom it talks to, and a proxy knows its own names; in plain HTTP
    /// nothing else than the name keeps a foreign page out.
    var answeredNames: Set<String>? {
        if !hostnames.isEmpty { return Set(hostnames) }
        return transportSecurity == .loopback ? [] : nil
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host == "127.0.0.1"
    }
}
