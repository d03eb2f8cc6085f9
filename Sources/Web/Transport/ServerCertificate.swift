internal import Crypto
public import Foundation
internal import NIOSSL

/// A certificate and its key, ready to be shown to clients.
public struct ServerCertificate: Sendable {
    /// The SHA-256 fingerprint as people compare it: pairs of hexadecimal digits between colons.
    public let fingerprint: String

    /// When it is valid no longer.
    public let expiry: Date

    /// What new connections are secured with.
    let context: NIOSSLContext

    /// The most bytes that a file may have.
    private static let maximumBytes = 1 << 20

    /// Reads a certificate and its key, and checks that they can be used.
    public init(_ files: CertificateFiles, now: Date = .now) throws(CertificateProblem) {
        let chain = try Self.certificates(in: Self.read(files.certificate))
        guard let key = try? NIOSSLPrivateKey(bytes: Self.read(files.key), format: .pem) else { throw .noKey }
        try self.init(chain: chain, key: key)
        guard expiry > now else { throw .expired }
    }

    /// Joins a chain, whose first certificate is the server's own, with its key.
    init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) throws(CertificateProblem) {
        guard let own = chain.first, let bytes = try? own.toDERBytes() else { throw .noCertificate }
        fingerprint = SHA256.hash(data: bytes)
            .map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
            .joined(separator: ":")
        expiry = Date(timeIntervalSince1970: TimeInterval(own.notValidAfter))
        // The TLS library holds the key against the certificate.
        guard let context = try? NIOSSLContext(configuration: .modern(chain, key)) else { throw .otherKey }
        try context.refuseResumption()
        self.context = context
    }

    /// How many whole days it is valid for.
    public func days(from now: Date = .now) -> Int { Int(expiry.timeIntervalSince(now) / 86_400) }

    private static func certificates(in pem: [UInt8]) throws(CertificateProblem) -> [NIOSSLCertificate] {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(pem), !chain.isEmpty else { throw .noCertificate }
        return chain
    }

    private static func read(_ path: String) throws(CertificateProblem) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: maximumBytes + 1),
            data.count <= maximumBytes
        else { throw .unreadable }
        return Array(data)
    }
}
