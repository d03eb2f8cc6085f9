import Foundation
import Web

/// What the configuration says of how clients reach the server, checked; the keys depend on each other.
struct TransportSettings {
    let source: TLSSource?
    /// The certificate to begin with; nil for plain HTTP.
    let certificates: CertificateStore?

    /// Reads the keys; what cannot be is added to the values' problems.
    init(in values: inout ConfigurationValues, host: String) {
        source = Self.source(in: &values)
        certificates = Self.certificates(from: source, in: &values, host: host)
        let isReachable = !WebConfiguration(host: host).isLoopback
        if isReachable, source == nil, values.truth(.behindProxy) != true, !Self.wantsTLS(values) {
            values.complain(
                about: .host,
                """
                it would let others send prompts over plain HTTP. Name a certificate (\(Setting.tlsCertificate.flag)), \
                let the server make one (\(Setting.tls.flag) self-signed), put a proxy that speaks TLS before it and \
                say so (\(Setting.behindProxy.flag)), or listen on 127.0.0.1.
                """)
        }
    }

    /// The names that a certificate of the server's own is for, besides this machine's.
    private static func names(_ host: String, _ values: ConfigurationValues) -> [String] {
        let isEverywhere = ["0.0.0.0", "::", "*"].contains(host)
        let names = values.list(.hostnames).map { $0.trimmingCharacters(in: ["[", "]"]) }
        return (isEverywhere ? [] : [host]) + names
    }

    private static func source(in values: inout ConfigurationValues) -> TLSSource? {
        let mode = values[.tls].text.flatMap(TLSMode.init(rawValue:))
        let certificate = values[.tlsCertificate].text
        let key = values[.tlsKey].text
        if key != nil, certificate == nil {
            values.complain(
                about: .tlsKey, "it needs \(Setting.tlsCertificate.key), the certificate that it belongs to.")
        }
        switch mode {
        case .off, .selfSigned:
            if certificate != nil {
                values.complain(
                    about: .tls,
                    "it contradicts \(Setting.tlsCertificate.key), which is set; leave one of the two out.")
            }
            return mode == .off ? nil : .selfSigned
        case .certificate, nil:
            if mode != nil, certificate == nil {
                values.complain(about: .tls, "it needs \(Setting.tlsCertificate.key), the certificate's file.")
            }
            return certificate.map { .certificate(CertificateFiles(certificate: $0, key: key)) }
        }
    }

    private static func certificates(
        from source: TLSSource?, in values: inout ConfigurationValues, host: String
    ) -> CertificateStore? {
        switch source {
        case nil: return nil
        case .selfSigned:
            guard let certificate = try? ServerCertificate.selfSigned(for: names(host, values)) else {
                values.complain(about: .tls, "no certificate could be made for \(Setting.host.key) and these names.")
                return nil
            }
            return CertificateStore(certificate)
        case .certificate(let files):
            if files.folders.contains("/") {
                values.complain(
                    about: .tlsCertificate,
                    "put it into a folder of its own: the server has to be allowed to read all of its folder.")
            }
            do {
                return CertificateStore(try ServerCertificate(files), from: files)
            } catch {
                values.complain(about: .tlsCertificate, error.explanation)
                return nil
            }
        }
    }

    /// Whether somebody meant TLS, and has been told what is wrong with it.
    private static func wantsTLS(_ values: ConfigurationValues) -> Bool {
        let isOn = values[.tls].text != nil && values[.tls].text != TLSMode.off.rawValue
        return isOn || values[.tlsCertificate].text != nil || values[.tlsKey].text != nil
    }
}

/// What `tls` may be.
enum TLSMode: String, CaseIterable {
    case off
    case selfSigned = "self-signed"
    case certificate
}
