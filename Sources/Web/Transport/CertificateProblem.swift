/// Why a certificate cannot be used; a closed list, because a file's text belongs in no log.
public enum CertificateProblem: String, Error, CaseIterable, Sendable {
    /// A file is missing, too large, or not to be read by this process.
    case unreadable
    /// There is no certificate in PEM in the file.
    case noCertificate = "no-certificate"
    /// There is no private key in PEM in the file, or it needs a passphrase.
    case noKey = "no-key"
    /// The key is another certificate's.
    case otherKey = "other-key"
    /// The certificate was valid until a time that is over.
    case expired
    /// Clients could come back without a handshake, because the TLS library is another one than this program was made for.
    case resumable

    /// What is wrong with the certificate and what to do, as the rest of a sentence.
    public var explanation: String {
        switch self {
        case .unreadable: "a file of it cannot be read; check its path, and that this user may read it."
        case .noCertificate: "its file holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----."
        case .noKey: "its key's file holds no private key in PEM that can be read without a passphrase."
        case .otherKey: "the key does not belong to it; name the two that were made together."
        case .expired: "it is valid no longer; renew it."
        case .resumable:
            "the TLS library does not let this server refuse session tickets; build it with the versions that it names."
        }
    }
}
