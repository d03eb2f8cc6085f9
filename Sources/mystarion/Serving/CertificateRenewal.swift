import Logging
import Web

/// Reads the certificate's files again when the operator says that they are new.
struct CertificateRenewal: Sendable {
    private let certificates: CertificateStore
    private let logger: Logger

    /// Renews what has files to be renewed from; nil when the server made its certificate itself.
    init?(certificates: CertificateStore, logger: Logger) {
        guard certificates.isRenewable else { return nil }
        self.certificates = certificates
        self.logger = logger
    }

    /// Takes the files' certificate into use, or keeps the present one and says why.
    func renew() {
        do {
            try certificates.reload()
            report()
        } catch {
            logger.log(.certificateRefused(error))
        }
    }

    /// Says for how long the certificate in use is valid.
    func report() { logger.log(.certificate(days: certificates.certificate.days())) }
}
