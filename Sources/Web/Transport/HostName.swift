internal import NIOCore

/// A name or an address by which a server is asked for, without a port.
public enum HostName {
    /// Whether a text is a name in small letters, an IPv4 address, or an IPv6 address in brackets.
    public static func isValid(_ text: String) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            return (try? SocketAddress(ipAddress: String(text.dropFirst().dropLast()), port: 0)) != nil
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            }
    }
}
