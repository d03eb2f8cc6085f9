internal import NIOCore

/// The part of a network address that a household or an office shares: all 32 bits of IPv4, which are shared already
/// where addresses are translated, and the first 56 bits of IPv6, which is what networks give a household (RIPE-690)
/// and within which an address can be changed at will.
///
/// It cannot be copied, and so neither printed nor kept: its bytes go into a keyed hash, and it goes.
package struct NetworkPrefix: ~Copyable {
    /// The family, and the bits that count.
    package let bytes: [UInt8]

    /// Whether it is this machine's own.
    var isLoopback: Bool { bytes.starts(with: [4, 127]) || bytes == [6, 0, 0, 0, 0, 0, 0, 0] }

    /// The prefix of an address; nil when it is not of a network.
    init?(_ address: SocketAddress) {
        // The address begins behind the family and the port, in IPv6 behind the flow too.
        switch address {
        case .v4(let address):
            bytes = [4] + withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address):
            let all = withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
            let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
            bytes = isMapped ? [4] + all[12...] : [6] + all[..<7]
        case .unixDomainSocket:
            return nil
        }
    }

    /// The prefix of an address as text, without a port: dotted decimals or RFC 4291; nil when it is neither.
    init?(_ text: Substring) {
        guard text.utf8.count <= 45, !text.contains("%"),
            let address = try? SocketAddress(ipAddress: String(text), port: 0)
        else { return nil }
        self.init(address)
    }
}
