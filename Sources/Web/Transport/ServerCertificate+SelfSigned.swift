internal import Crypto
internal import Foundation
internal import NIOCore
internal import NIOSSL
internal import SwiftASN1
internal import X509

extension ServerCertificate {
    /// Makes a certificate for this machine, which exists in memory only.
    ///
    /// It is for localhost, for this machine's loopback addresses, and for `names`, which are names or addresses. It can
    /// sign no other certificate, so that whoever trusts it trusts this server alone.
    public static func selfSigned(for names: [String]) throws -> ServerCertificate {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("Mystarion") }
        // Apple's clients accept no certificate that is valid for longer than 398 days; clocks may be an hour late.
        let start = Date.now.addingTimeInterval(-3_600)
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: start,
            notValidAfter: start.addingTimeInterval(397 * 86_400), issuer: name, subject: name,
            extensions: .init {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(generalNames(["localhost", "127.0.0.1", "::1"] + names))
            },
            issuerPrivateKey: .init(key))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return try ServerCertificate(
            chain: [NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)],
            key: NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der))
    }

    private static func generalNames(_ names: [String]) -> [GeneralName] {
        var known: Set<String> = []
        return names.filter { known.insert($0).inserted }.map { name in
            addressBytes(name).map { .ipAddress(ASN1OctetString(contentBytes: $0)) } ?? .dnsName(name)
        }
    }

    private static func addressBytes(_ text: String) -> ArraySlice<UInt8>? {
        // The address begins behind the family and the port, in IPv6 behind the flow too.
        switch try? SocketAddress(ipAddress: text, port: 0) {
        case .v4(let address): withUnsafeBytes(of: address.address) { ArraySlice($0[4..<8]) }
        case .v6(let address): withUnsafeBytes(of: address.address) { ArraySlice($0[8..<24]) }
        default: nil
        }
    }
}
