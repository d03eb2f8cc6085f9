internal import Crypto
internal import NIOCore
internal import NIOSSL

/// What an audit speaks TLS with, and whose certificate it takes.
public struct TLSClient: Sendable {
    /// Whose certificate is taken.
    public enum Trust: Sendable, Equatable {
        /// Anybody's: for a server on this machine, which is known by its process.
        case anyone
        /// What this machine's authorities vouch for.
        case authorities
        /// The one whose SHA-256 fingerprint this is.
        case fingerprint([UInt8])
    }

    /// The protocols that a connection can be opened for, by their names in ALPN.
    enum ApplicationProtocol: String {
        case http1 = "http/1.1"
        case http2 = "h2"
    }

    private let trust: Trust
    private let http1: NIOSSLContext
    private let http2: NIOSSLContext

    /// Prepares for connections.
    public init(trusting trust: Trust) throws {
        self.trust = trust
        func context(for name: ApplicationProtocol) throws -> NIOSSLContext {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = [name.rawValue]
            if trust == .anyone { configuration.certificateVerification = .none }
            return try NIOSSLContext(configuration: configuration)
        }
        http1 = try context(for: .http1)
        http2 = try context(for: .http2)
    }

    /// The handler that a connection to a host begins with.
    func handler(for host: String, speaking name: ApplicationProtocol) throws -> NIOSSLClientHandler {
        let context = name == .http1 ? http1 : http2
        // An address is no name that a server could be asked for (RFC 6066, 3).
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let serverName = isAddress ? nil : host
        guard case .fingerprint(let fingerprint) = trust else {
            return try NIOSSLClientHandler(context: context, serverHostname: serverName)
        }
        return try NIOSSLClientHandler(context: context, serverHostname: serverName) { certificates, verdict in
            let certificate = certificates.first.flatMap { try? $0.toDERBytes() }
            let isRight = certificate.map { Array(SHA256.hash(data: $0)) == fingerprint } ?? false
            verdict.succeed(isRight ? .certificateVerified : .failed)
        }
    }
}
