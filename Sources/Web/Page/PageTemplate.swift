/// The page with `{{names}}` to fill in, from the resources inside the binary.
struct PageTemplate: Sendable {
    private enum Part {
        case text(String)
        case name(String)
    }

    private let parts: [Part]

    /// Splits a page at its names.
    init(_ bytes: [UInt8]) {
        var parts: [Part] = []
        var rest = Substring(decoding: bytes, as: UTF8.self)
        while let opening = rest.firstRange(of: "{{"), let closing = rest[opening.upperBound...].firstRange(of: "}}") {
            parts.append(.text(String(rest[..<opening.lowerBound])))
            parts.append(.name(String(rest[opening.upperBound..<closing.lowerBound])))
            rest = rest[closing.upperBound...]
        }
        parts.append(.text(String(rest)))
        self.parts = parts
    }

    /// The page with its values, which are HTML already. A name without a value leaves nothing.
    func filled(_ values: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .name(let name): values[name] ?? ""
            }
        }.joined()
    }
}
