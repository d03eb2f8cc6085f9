/// Where whoever runs the service can be written to: a mail address, or a page.
public enum Contact: Sendable, Equatable, CustomStringConvertible {
    case mail(String)
    case page(WebAddress)

    /// Reads an address such as `privacy@example.org` or `https://example.org/contact`; nil for anything else.
    public init?(_ text: String) {
        if let page = WebAddress(text) {
            self = .page(page)
        } else if Self.isMail(text) {
            self = .mail(text)
        } else {
            return nil
        }
    }

    /// The address as it was written.
    public var description: String {
        switch self {
        case .mail(let text): text
        case .page(let page): page.description
        }
    }

    /// The address as a link leads to it.
    var link: String {
        switch self {
        case .mail(let text): "mailto:\(text)"
        case .page(let page): page.description
        }
    }

    /// The plain form of RFC 5321: no quoted names, no comments, no addresses of hosts as numbers. Characters that a
    /// `mailto:` link would need escaped are not allowed.
    private static func isMail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, let name = parts.first, let host = parts.last else {
            return false
        }
        let isName =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { isLetterOrDigit($0) || "._+-".utf8.contains($0) }
            && !name.hasPrefix(".") && !name.hasSuffix(".") && !name.contains("..")
        return isName && WebAddress.isName(host) && host.contains(".")
    }
}

/// Whether a byte is a letter or a digit of ASCII.
func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        true
    default: false
    }
}
