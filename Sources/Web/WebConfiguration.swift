/// Where the server listens.
public struct WebConfiguration: Sendable, Equatable {
    /// The address, or a name for it.
    public var host: String

    /// The port; 0 lets the system choose.
    public var port: Int

    /// The longest that a stream of events sends nothing, so that proxies do not think it dead.
    public var keepAlive = Duration.seconds(15)

    /// Listens on an address: this machine's own and port 8080 unless told otherwise.
    public init(host: String = "127.0.0.1", port: Int = 8080) {
        self.host = host
        self.port = port
    }

    /// Whether only this machine can reach the address, where plain HTTP is safe.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1" || host == "127.0.0.1"
    }
}
