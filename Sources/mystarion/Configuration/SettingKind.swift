import Web

/// What a value of the configuration may be.
enum SettingKind: Sendable {
    case text
    /// A line for people to read.
    case name
    case contact
    case webAddress
    case truth
    case whole(ClosedRange<Int>)
    case bytes(ClosedRange<Int>)
    case choice([String])
    /// Several, separated by commas.
    case choices([String])
    /// Several names of hosts, separated by commas.
    case hostNames
    /// Several origins of pages, separated by commas.
    case origins

    /// What is allowed, as the end of "must be …".
    var allowed: String {
        switch self {
        case .text: "some text"
        case .name: "a line of at most 200 characters"
        case .contact: "a mail address such as privacy@example.org, or an address that begins with https://"
        case .webAddress: "an address that begins with https://"
        case .truth: "true or false"
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .bytes(let range): "a size such as 512MiB or 4GiB, of at least \(range.lowerBound >> 20)MiB"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .hostNames: "a list, separated by commas, of names such as pictures.example.org, without ports"
        case .origins: "a list, separated by commas, of origins such as https://example.org, without paths"
        case .choices(let words): "a list, separated by commas, of \(words.joined(separator: ", "))"
        }
    }

    /// Whether a value is allowed.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .text: !text.isEmpty
        case .name: Self.isName(text)
        case .contact: Contact(text) != nil
        case .webAddress: WebAddress(text) != nil
        case .truth: Bool(text) != nil
        case .whole(let range): Int(text).map(range.contains) ?? false
        case .bytes(let range): Self.bytes(text).map(range.contains) ?? false
        case .choice(let words): words.contains(text)
        case .choices(let words): Self.list(text).allSatisfy(words.contains)
        case .hostNames: Self.list(text).allSatisfy(HostName.isValid)
        case .origins: Self.list(text).allSatisfy(WebOrigin.isValid)
        }
    }

    /// Whether a text is a line with something to read in it.
    private static func isName(_ text: String) -> Bool {
        text.count <= 200 && text.contains { !$0.isWhitespace }
            && !text.unicodeScalars.contains { scalar in
                switch scalar.properties.generalCategory {
                // Control characters, line ends, and marks that change the direction of what follows.
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: false
                }
            }
    }

    /// The elements of a list that is separated by commas.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingPrefix(" ") }.map(String.init)
    }

    /// The number of bytes in a size such as `512MiB`.
    static func bytes(_ text: String) -> Int? {
        for (unit, shift) in [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)] where text.hasSuffix(unit) {
            guard let number = Int(text.dropLast(unit.count)), number >= 0 else { return nil }
            let (bytes, overflows) = number.multipliedReportingOverflow(by: 1 << shift)
            return overflows ? nil : bytes
        }
        return nil
    }
}
