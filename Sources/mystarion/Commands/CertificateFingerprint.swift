import ArgumentParser

/// The SHA-256 fingerprint of a certificate, as `mystarion serve` prints it: pairs of digits, with colons or without.
struct CertificateFingerprint: ExpressibleByArgument, Sendable {
    let bytes: [UInt8]

    init?(argument: String) {
        let digits = argument.filter { $0 != ":" }.compactMap(\.hexDigitValue)
        guard digits.count == 64, argument.allSatisfy({ $0.isHexDigit || $0 == ":" }) else { return nil }
        bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
