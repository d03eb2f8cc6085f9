/// Where the server to be audited is, on plain HTTP.
public struct ServerLocation: Sendable {
    /// The host's name or address.
    public let host: String
    /// The port.
    public let port: Int

    /// Names a server.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The host and port as the `Host` field names them.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
