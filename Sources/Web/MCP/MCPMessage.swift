internal import Privacy
internal import Studio

/// One message of a client, without the text that it came in.
struct MCPMessage: Sendable {
    /// What a message asks for.
    enum Request: Sendable {
        case initialize(MCPVersion)
        case discover
        case ping
        case listTools
        case callTool(MCPToolCall, progress: MCPIdentifier?)
    }

    /// What there is to do.
    enum Content: Sendable {
        case request(Request)
        /// Nothing has to be answered.
        case notification(MCPEnvelope)
        case invalid(MCPError)
    }

    /// The client's name for the request; nil when it has none, or none that can be repeated.
    let identifier: MCPIdentifier?
    /// The revision that the message is written in.
    let version: MCPVersion
    let content: Content
}

extension MCPMessage {
    /// What has to be known to read messages.
    struct Surroundings: Sendable {
        let model: ModelCard
        let limits: RequestLimits
        let upscalers: UpscalerShelf
        /// What the fields of the HTTP request say; nil where there is none.
        var headers: MCPHeaders?
        /// The revision of messages that do not say theirs.
        var version: MCPVersion
    }

    /// Reads one message.
    init(_ document: consuming JSONDocument, in surroundings: Surroundings) {
        let envelope: MCPEnvelope
        do {
            envelope = try MCPEnvelope(document)
        } catch {
            self.init(identifier: document.identifier("id"), version: surroundings.version, content: .invalid(error))
            return
        }
        guard case .request(let identifier) = envelope.kind else {
            self.init(identifier: nil, version: surroundings.version, content: .notification(envelope))
            return
        }
        let isNew = Self.saysItsVersion(document, surroundings)
        do {
            let version =
                isNew
                ? try Self.ownVersion(envelope, document, surroundings) : try Self.agreedVersion(surroundings)
            let request = try Self.request(envelope, document, version, surroundings)
            self.init(identifier: identifier, version: version, content: .request(request))
        } catch {
            self.init(
                identifier: identifier, version: isNew ? .july2026 : surroundings.version, content: .invalid(error))
        }
    }

    /// Whether a request is written as of July 2026, where each says which revision it is written in.
    private static func saysItsVersion(_ document: borrowing JSONDocument, _ surroundings: Surroundings) -> Bool {
        document.value(MCPEnvelope.versionPath) != nil
            || surroundings.headers?.version.first == MCPVersion.july2026.rawValue
    }

    /// The revision that was agreed on before, of which HTTP requests say which it was.
    private static func agreedVersion(_ surroundings: Surroundings) throws(MCPError) -> MCPVersion {
        guard let header = surroundings.headers?.version.first else { return surroundings.version }
        guard let version = MCPVersion(rawValue: header) else { throw .unsupportedVersion(header) }
        return version
    }

    /// The revision that a request itself says it is written in.
    private static func ownVersion(
        _ envelope: MCPEnvelope, _ document: borrowing JSONDocument, _ surroundings: Surroundings
    ) throws(MCPError) -> MCPVersion {
        guard let version = envelope.version, case .object = document.value(MCPEnvelope.capabilitiesPath) else {
            throw MCPError(
                .invalidParameters,
                "'params._meta' must have \(MCPEnvelope.versionPath.lastName), a text, and "
                    + "\(MCPEnvelope.capabilitiesPath.lastName), an object.")
        }
        let name = envelope.method == "tools/call" ? envelope.name : nil
        if let error = surroundings.headers?.mismatch(version: version, method: envelope.method, name: name) {
            throw error
        }
        guard let known = MCPVersion(rawValue: version), !known.hasHandshake else { throw .unsupportedVersion(version) }
        return known
    }

    private static func request(
        _ envelope: MCPEnvelope, _ document: consuming JSONDocument, _ version: MCPVersion, _ surroundings: Surroundings
    ) throws(MCPError) -> Request {
        switch (envelope.method, version.hasHandshake) {
        case ("initialize", true):
            guard let requested = envelope.requestedVersion else {
                throw MCPError(.invalidParameters, "'params.protocolVersion' must be a text.")
            }
            let known = MCPVersion(rawValue: requested)
            return .initialize(known.flatMap { $0.hasHandshake ? $0 : nil } ?? .latestWithHandshake)
        case ("ping", true): return .ping
        case ("server/discover", false): return .discover
        case ("tools/list", _): return .listTools
        case ("tools/call", _):
            let progress = document.identifier(["params", "_meta", "progressToken"])
            return .callTool(try MCPToolCall(document, surroundings), progress: progress)
        default:
            throw MCPError(.unknownMethod, "This server does not know that method; it has tools, and nothing else.")
        }
    }
}

extension JSONPath {
    /// The name that it ends with.
    fileprivate var lastName: String {
        guard case .name(let name) = components.last else { return "" }
        return name
    }
}
