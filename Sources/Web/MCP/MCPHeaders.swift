internal import HTTPTypes
internal import Privacy

/// What the fields of an HTTP request say of the message in its body, for proxies to read.
package struct MCPHeaders: Sendable {
    /// `MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name`; the values of a field that comes more than once.
    let version, method, name: [String]

    init(_ fields: HTTPFields) {
        func values(_ name: String) -> [String] { HTTPField.Name(name).map { fields[values: $0] } ?? [] }
        version = values("MCP-Protocol-Version")
        method = values("Mcp-Method")
        name = values("Mcp-Name")
    }

    /// Why the fields are not those of a message, as the revision of July 2026 wants it; nil when they are.
    func mismatch(version: String, method: String, name: String?) -> MCPError? {
        if self.version != [version] { return Self.mismatch("MCP-Protocol-Version") }
        if self.method != [method] { return Self.mismatch("Mcp-Method") }
        if let name, self.name.count != 1 || Self.decoded(self.name[0]) != name { return Self.mismatch("Mcp-Name") }
        return nil
    }

    private static func mismatch(_ field: String) -> MCPError {
        MCPError(.headersDiffer, "The field \(field) must be there once, and say what the message says.")
    }

    /// A value, which is Base64 between marks where it could not be written plainly.
    private static func decoded(_ value: String) -> String? {
        guard value.hasPrefix("=?base64?"), value.hasSuffix("?="), value.utf8.count >= 11 else { return value }
        let bytes = Array(value.utf8)
        guard let text = Base64.decode(9..<bytes.count - 2, of: bytes.span) else { return nil }
        return text.withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }
}
