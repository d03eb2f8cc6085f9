/// What keeps a prompt from being read on its way to the server.
public enum TransportSecurity: String, CaseIterable, Sendable {
    /// Plain HTTP that does not leave this machine.
    case loopback
    /// TLS that a trusted proxy before the server adds.
    case proxy
    /// TLS with a certificate that the server made for itself, which clients have no reason to trust.
    case selfSigned = "self-signed"
    /// TLS with the operator's certificate.
    case certificate
}
