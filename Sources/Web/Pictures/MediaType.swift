/// The media type of a body, as its Content-Type says it.
struct MediaType: Equatable {
    /// Type and subtype in small letters, such as `application/json`.
    let essence: String

    /// The encoding of its text in small letters, if it says one.
    let charset: String?

    /// Reads the value of a Content-Type field; nil when it is missing or empty.
    init?(_ field: String?) {
        guard let field else { return nil }
        let parts = field.split(separator: ";", omittingEmptySubsequences: false).map { Self.trimmed($0) }
        guard let essence = parts.first, !essence.isEmpty else { return nil }
        self.essence = essence
        charset = parts.dropFirst().first { $0.hasPrefix("charset=") }.map { $0.dropFirst(8).filter { $0 != "\"" } }
    }

    /// Whether it is one of the names that JSON goes by: RFC 8259's, an older one, and those that end in `+json`
    /// (RFC 6839).
    var isJSON: Bool {
        essence == "application/json" || essence == "text/json"
            || essence.hasPrefix("application/") && essence.hasSuffix("+json")
    }

    /// Whether its text is in an encoding whose bytes are not those of ASCII.
    var isWide: Bool {
        charset.map { $0.hasPrefix("utf-16") || $0.hasPrefix("utf-32") || $0.hasPrefix("ucs") } ?? false
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest.lowercased()
    }
}
