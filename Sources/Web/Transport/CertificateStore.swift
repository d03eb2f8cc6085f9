internal import NIOSSL
internal import Synchronization

/// The certificate in use. Another can take its place while the server runs: new connections get the new one, those
/// that are open go on with the one that they began with.
public final class CertificateStore: Sendable {
    private let files: CertificateFiles?
    private let current: Mutex<ServerCertificate>

    /// Begins with a certificate.
    ///
    /// - Parameters:
    ///   - certificate: The certificate to begin with.
    ///   - files: Where its successors are found; nil for none, as when the server made it itself.
    public init(_ certificate: ServerCertificate, from files: CertificateFiles? = nil) {
        self.files = files
        current = Mutex(certificate)
    }

    /// The certificate in use.
    public var certificate: ServerCertificate { current.withLock { $0 } }

    /// Whether there are files to read a new one from.
    public var isRenewable: Bool { files != nil }

    /// Reads the files again. When they cannot be used, the certificate in use stays.
    public func reload() throws(CertificateProblem) {
        guard let files else { return }
        let certificate = try ServerCertificate(files)
        current.withLock { $0 = certificate }
    }
}
