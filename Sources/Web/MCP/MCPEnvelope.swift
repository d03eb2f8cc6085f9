package import Privacy

/// What a JSON-RPC message is, whatever it asks for.
package struct MCPEnvelope: Sendable {
    /// The kinds of messages.
    package enum Kind: Sendable, Equatable {
        case request(MCPIdentifier)
        case notification
        /// An answer to a question, of which none are asked.
        case response
    }

    package let kind: Kind
    /// What is asked for, or has happened; empty in a response.
    package let method: String
    /// What a request is about: a tool's name.
    package let name: String?
    /// The revision that the message itself says it is written in, as of July 2026.
    package let version: String?
    /// Which request a notification says is not wanted any more.
    package let cancelled: MCPIdentifier?
    /// The revision that a handshake asks for.
    package let requestedVersion: String?

    static let versionPath: JSONPath = ["params", "_meta", "io.modelcontextprotocol/protocolVersion"]
    static let capabilitiesPath: JSONPath = ["params", "_meta", "io.modelcontextprotocol/clientCapabilities"]

    /// Reads the one message that a text is, to pass it on; nil when it is several, or none.
    package init?(readingOne text: borrowing SecretBytes) {
        let copy = text.withBytes { SecretBytes(copying: $0) }
        do {
            try self.init(JSONDocument(copy))
        } catch {
            return nil
        }
    }

    /// Reads what a message is.
    init(_ document: borrowing JSONDocument) throws(MCPError) {
        let names: [String]
        do throws(WebError) {
            names = try document.names(of: [])
            guard try document.word("jsonrpc") == "2.0" else {
                throw WebError.badRequest(.invalidValue, "'jsonrpc' must be 2.0.")
            }
            method = try document.word("method") ?? ""
            _ = try document.names(of: "params")
        } catch {
            throw MCPError(.invalidRequest, "The message is none of JSON-RPC 2.0: \(error.message)")
        }
        guard !method.isEmpty || names.contains("result") || names.contains("error") else {
            throw MCPError(.invalidRequest, "The message has no 'method'.")
        }
        if method.isEmpty {
            kind = .response
        } else if names.contains("id") {
            guard let identifier = document.identifier("id") else { throw Self.badIdentifier }
            kind = .request(identifier)
        } else {
            kind = .notification
        }
        name = try? document.word(["params", "name"])
        version = try? document.word(Self.versionPath)
        cancelled = document.identifier(["params", "requestId"])
        requestedVersion = try? document.word(["params", "protocolVersion"])
    }

    private static var badIdentifier: MCPError {
        MCPError(
            .invalidRequest,
            "'id' must be a text or a whole number of at most \(MCPIdentifier.maximumBytes) bytes, or be left out.")
    }
}

extension JSONDocument {
    /// A name that a client has chosen; nil when there is none, or it is not one.
    func identifier(_ path: JSONPath) -> MCPIdentifier? {
        guard let value = value(path) else { return nil }
        return bytes.withBytes { MCPIdentifier(value, in: $0) }
    }
}
