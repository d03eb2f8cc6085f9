/// Where the server to be audited is.
public struct ServerLocation: Sendable {
    /// The host's name or address.
    public let host: String
    /// The port.
    public let port: Int
    /// What to speak TLS with; nil for plain HTTP.
    public let tls: TLSClient?

    /// Names a server.
    public init(host: String, port: Int, tls: TLSClient? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }

    /// The host and port as the `Host` field names them.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The protocols that the server is audited in.
    var protocols: [AuditedProtocol] { tls == nil ? [.http1] : [.http1InTLS, .http2] }

    /// Opens a connection for bytes of HTTP/1.1.
    func connect(timeout seconds: Int = 120) throws(Unreachable) -> any ByteConnection {
        guard let tls else { return try TCPConnection(host: host, port: port, timeout: seconds) }
        return try TLSConnection(to: self, speaking: tls, timeout: seconds)
    }

    /// Opens a connection that stays open from request to request.
    func open(_ protocol: AuditedProtocol) throws(Unreachable) -> any HTTPSession {
        switch `protocol` {
        case .http1, .http1InTLS: HTTP1Session(to: self, over: try connect())
        case .http2: try HTTP2Session(to: self)
        }
    }
}

/// What is spoken on a connection that an audit keeps open.
enum AuditedProtocol: String, Sendable {
    case http1 = "HTTP/1.1"
    case http1InTLS = "HTTP/1.1 in TLS"
    case http2 = "HTTP/2"
}
