/// The revisions of the Model Context Protocol that are spoken, oldest first.
///
/// Source: <https://modelcontextprotocol.io/specification/2026-07-28> and its predecessors.
package enum MCPVersion: String, CaseIterable, Sendable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// What a client speaks that does not say so, as its requests over HTTP have it.
    package static let unsaid = MCPVersion.march2025

    /// What a client is offered that begins with a handshake and asks for a revision that is not known.
    package static let latestWithHandshake = MCPVersion.november2025

    /// Whether a client begins with `initialize`; later ones say with each request who they are.
    package var hasHandshake: Bool { self < .july2026 }

    /// Whether several messages may come as one array.
    var takesBatches: Bool { self <= .march2025 }

    package static func < (first: MCPVersion, second: MCPVersion) -> Bool { first.rawValue < second.rawValue }
}
