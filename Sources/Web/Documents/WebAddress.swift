/// An address that begins with `https://`, which can stand in a link.
public struct WebAddress: Sendable, Equatable, CustomStringConvertible {
    /// The address as it was written.
    public let description: String

    /// Reads an address of visible ASCII with a host's name, an optional port and path; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count <= 500, text.hasPrefix(Self.scheme),
            text.utf8.allSatisfy({ isLetterOrDigit($0) || "-._~:/?#@!$&+,;=%".utf8.contains($0) })
        else { return nil }
        let authority = text.dropFirst(Self.scheme.count).prefix { !"/?#".contains($0) }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, Self.isName(host),
            parts.count == 1 || UInt16(parts[1]).map({ $0 > 0 }) == true
        else { return nil }
        description = text
    }

    private static let scheme = "https://"

    /// The host's name, in small letters.
    var host: String {
        description.dropFirst(Self.scheme.count).prefix { !"/?#:".contains($0) }.lowercased()
    }

    /// The address of something below this one.
    func appending(_ path: String) -> String {
        "\(description.hasSuffix("/") ? String(description.dropLast()) : description)/\(path)"
    }

    /// Whether a text is a host's name: labels of letters, digits and hyphens, separated by dots.
    static func isName(_ text: Substring) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }
}
