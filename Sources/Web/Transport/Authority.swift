internal import NIOCore

/// The host and port by which a request names the server (RFC 3986, section 3.2), without user information.
package struct Authority: Equatable, Sendable {
    /// The name or address in small letters; an IPv6 address in brackets.
    package let host: String

    /// The port, when there is one.
    package let port: UInt16?

    /// Reads an authority strictly; nil when any of its bytes belongs to something else.
    package init?(_ text: some StringProtocol) {
        let end: String.Index
        let text = String(text)
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            let address = text[text.index(after: text.startIndex)..<bracket]
            guard address.utf8.allSatisfy({ Self.isHexadecimal($0) || $0 == 0x3A || $0 == 0x2E }),
                address.contains(":"),
                (try? SocketAddress(ipAddress: String(address), port: 0)) != nil
            else { return nil }
            end = text.index(after: bracket)
        } else {
            end = text.firstIndex(of: ":") ?? text.endIndex
            guard (1...253).contains(text[..<end].utf8.count), text[..<end].utf8.allSatisfy(Self.isName) else {
                return nil
            }
        }
        host = text[..<end].lowercased()
        let rest = text[end...]
        guard rest.utf8.count > 1 else {
            guard rest.isEmpty || rest == ":" else { return nil }
            port = nil
            return
        }
        guard rest.utf8.first == 0x3A, rest.utf8.count <= 6, rest.utf8.dropFirst().allSatisfy(Self.isDigit),
            let number = UInt16(rest.dropFirst())
        else { return nil }
        port = number
    }

    /// Whether another one leads to the same server when both are used with a scheme.
    func isSame(as other: Authority, defaultPort: UInt16) -> Bool {
        host == other.host && (port ?? defaultPort) == (other.port ?? defaultPort)
    }

    /// Letters, digits and what names in local networks have besides.
    private static func isName(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
            || byte == 0x5F
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
