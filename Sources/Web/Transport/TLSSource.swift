/// Where the certificate comes from that the server shows in TLS.
public enum TLSSource: Sendable, Equatable {
    /// The server makes one for itself at its start; clients have no reason to trust it but its fingerprint.
    case selfSigned
    /// The operator's.
    case certificate(CertificateFiles)
}
