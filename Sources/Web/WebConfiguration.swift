/// Where the server listens, and to whom.
public struct WebConfiguration: Sendable, Equatable {
    /// The address, or a name for it.
    public var host: String

    /// The port; 0 lets the system choose.
    public var port: Int

    /// What one requester may ask for; nil for no limits, as on this machine alone, where all are one requester.
    public var rateLimits: RateLimits?

    /// Where a trusted proxy says whose request it passes on; nil when there is none.
    public var forwardedField: ForwardedField?

    /// The longest that a stream of events sends nothing, so that proxies do not think it dead.
    public var keepAlive = Duration.seconds(15)

    /// Whether `/metrics` is there; unless told otherwise, where only this machine can ask for it.
    public var servesMetrics: Bool

    /// Listens on an address: this machine's own and port 8080 unless told otherwise.
    public init(
        host: String = "127.0.0.1", port: Int = 8080, rateLimits: RateLimits? = nil,
        forwardedField: ForwardedField? = nil, servesMetrics: Bool? = nil
    ) {
        self.host = host
        self.port = port
        self.rateLimits = rateLimits
        self.forwardedField = forwardedField
        self.servesMetrics = servesMetrics ?? Self.isLoopback(host)
    }

    /// Whether only this machine can reach the address, where plain HTTP is safe.
    public var isLoopback: Bool { Self.isLoopback(host) }

    /// What keeps a prompt from being read on its way.
    public var transportSecurity: TransportSecurity { forwardedField == nil ? .loopback : .proxy }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host == "127.0.0.1"
    }
}
