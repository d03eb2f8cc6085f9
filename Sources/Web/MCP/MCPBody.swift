internal import Privacy

/// What a client sent at once: a message, or several where its revision has that.
struct MCPBody: Sendable {
    /// The most messages that may come together, and the most bytes.
    private static let maximumMessages = 32
    private static let maximumBatchBytes = 1 << 20

    let messages: [MCPMessage]
    let isBatch: Bool

    /// Reads all of it, so that the text can go.
    static func read(_ bytes: consuming SecretBytes, in surroundings: MCPMessage.Surroundings) -> MCPBody {
        let root: JSONValue
        do {
            root = try bytes.withBytes { (span) throws(JSONError) in try JSONParser.parse(span) }
        } catch {
            return refusal(.notJSON, error.description, surroundings)
        }
        switch root {
        case .object:
            return MCPBody(messages: [MCPMessage(JSONDocument(bytes, root: root), in: surroundings)], isBatch: false)
        case .array(let elements):
            let header = surroundings.headers?.version.first
            let version = header.map { MCPVersion(rawValue: $0) } ?? surroundings.version
            guard let version, version.takesBatches else {
                return refusal(.invalidRequest, "The body must be one message, an object.", surroundings)
            }
            guard (1...maximumMessages).contains(elements.count), bytes.count <= maximumBatchBytes else {
                let sentence =
                    "From 1 to \(maximumMessages) messages of at most \(maximumBatchBytes) bytes may come together."
                return refusal(.invalidRequest, sentence, surroundings)
            }
            var messages: [MCPMessage] = []
            for element in elements {
                guard case .object = element else {
                    messages += refusal(.invalidRequest, "A message must be an object.", surroundings).messages
                    continue
                }
                let copy = bytes.withBytes { SecretBytes(copying: $0) }
                messages.append(MCPMessage(JSONDocument(copy, root: element), in: surroundings))
            }
            return MCPBody(messages: messages, isBatch: true)
        default:
            return refusal(.invalidRequest, "The body must be a message, an object.", surroundings)
        }
    }

    private static func refusal(
        _ code: MCPError.Code, _ sentence: String, _ surroundings: MCPMessage.Surroundings
    ) -> MCPBody {
        let message = MCPMessage(
            identifier: nil, version: surroundings.version, content: .invalid(MCPError(code, sentence)))
        return MCPBody(messages: [message], isBatch: false)
    }
}
