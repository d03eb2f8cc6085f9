package import HTTPTypes

/// The field in which a trusted proxy says whose request it passes on.
///
/// Only one is believed, because a proxy that writes one passes the other on as the client sent it. Of its list only
/// the last element is read: the proxy appended it, everything before it is the client's word.
public enum ForwardedField: String, CaseIterable, Sendable {
    /// `X-Forwarded-For`, which most proxies write.
    case xForwardedFor = "x-forwarded-for"
    /// `Forwarded` (RFC 7239).
    case forwarded = "forwarded"

    /// The network that the field names; nil when it names none.
    package func networkPrefix(in headers: HTTPFields) -> NetworkPrefix? {
        guard let name = HTTPField.Name(rawValue), let last = headers[values: name].last else { return nil }
        switch self {
        case .xForwardedFor:
            let element = last.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
            return Self.node(element.trimmingWhitespace())
        case .forwarded:
            guard let element = Self.parts(of: last[...], separator: ",")?.last,
                let pairs = Self.parts(of: element, separator: ";")
            else { return nil }
            var values: [Substring] = []
            for pair in pairs {
                guard let equals = pair.firstIndex(of: "=") else { return nil }
                if pair[..<equals].lowercased() == "for" { values.append(pair[pair.index(after: equals)...]) }
            }
            guard values.count == 1, var value = values.first else { return nil }
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 {
                value = value.dropFirst().dropLast()
            } else if value.contains(where: { ":[]".contains($0) }) {
                return nil  // RFC 7239, section 6: IPv6 and ports need quotes.
            }
            return Self.node(value)
        }
    }

    /// Splits outside quotes; nil when a quote is not closed.
    private static func parts(of text: Substring, separator: Character) -> [Substring]? {
        var parts: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        for index in text.indices {
            if text[index] == "\"" { isQuoted.toggle() }
            if text[index] == separator, !isQuoted {
                parts.append(text[start..<index].trimmingWhitespace())
                start = text.index(after: index)
            }
        }
        guard !isQuoted else { return nil }
        return parts + [text[start...].trimmingWhitespace()]
    }

    /// Reads an address with or without a port; IPv6 in brackets where a port follows. Names and hidden nodes are none.
    private static func node(_ text: Substring) -> NetworkPrefix? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            return address.contains(":") ? NetworkPrefix(address) : nil
        }
        let colons = text.count { $0 == ":" }
        guard colons == 1, let colon = text.firstIndex(of: ":") else { return NetworkPrefix(text) }
        return isPort(text[colon...]) ? NetworkPrefix(text[..<colon]) : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return true }
        return text.first == ":" && text.count <= 6 && text.dropFirst().allSatisfy { ("0"..."9").contains($0) }
            && UInt16(text.dropFirst()) != nil
    }
}

extension Substring {
    fileprivate func trimmingWhitespace() -> Substring {
        var rest = self
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
