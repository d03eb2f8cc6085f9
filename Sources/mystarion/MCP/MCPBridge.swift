import Foundation
import Privacy
import Web

/// Hands on a client's messages from standard input to a server, and its answers back.
actor MCPBridge: MCPLineReceiver {
    private let client: MCPClient
    private let write: @Sendable ([UInt8]) async throws -> Void
    /// The revision that the client asked for in its handshake.
    private var version: String?
    private var work: [Int: (identifier: MCPIdentifier?, task: Task<Void, Never>)] = [:]
    private var nextNumber = 0

    init(client: MCPClient, write: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.client = client
        self.write = write
    }

    func receive(_ line: consuming SecretBytes) async {
        let envelope = MCPEnvelope(readingOne: line)
        if let envelope, envelope.method == "notifications/cancelled" {
            // Closing the connection is how a server is told.
            for (identifier, task) in work.values where identifier == envelope.cancelled { task.cancel() }
            return
        }
        if envelope?.method == "initialize" { version = envelope?.requestedVersion }
        var identifier: MCPIdentifier?
        if case .request(let name) = envelope?.kind { identifier = name }
        let fields = envelope?.fields(agreed: version) ?? version.map { [("MCP-Protocol-Version", $0)] } ?? []
        let number = nextNumber
        nextNumber += 1
        let parcel = Parcel(line)
        let task = Task { [identifier] in await send(parcel, identifier, fields, number) }
        work[number] = (identifier, task)
        // A handshake is answered before anything else is sent.
        if envelope?.method == "initialize" { await task.value }
    }

    func refuseLine() async {
        try? await write(Self.error("A message has at most \(MCPSession.maximumLineBytes) bytes.", code: -32600, nil))
    }

    func finish() async {
        for task in work.values.map(\.task) { await task.value }
    }

    func cancel() {
        for task in work.values.map(\.task) { task.cancel() }
    }

    private func send(
        _ parcel: Parcel<SecretBytes>, _ identifier: MCPIdentifier?, _ fields: [(String, String)], _ number: Int
    ) async {
        defer { work[number] = nil }
        guard let message = parcel.take() else { return }
        do {
            try await client.send(message, fields: fields) { [write] piece in
                switch piece {
                case .message(let message): try await write(message)
                case .refusal(let status, let sentence):
                    try await write(Self.error(sentence ?? "The server answered with status \(status).", identifier))
                }
            }
        } catch {
            // What was cancelled is not answered.
            guard !Task.isCancelled, let identifier else { return }
            try? await write(Self.error("The server cannot be reached, or has gone.", identifier))
        }
    }

    private static func error(_ sentence: String, code: Int = -32603, _ identifier: MCPIdentifier?) -> [UInt8] {
        let text =
            (try? JSONSerialization.data(withJSONObject: [sentence], options: .withoutEscapingSlashes))
            ?? Data("[]".utf8)
        let message = String(decoding: text.dropFirst().dropLast(), as: UTF8.self)
        return Array(
            #"{"jsonrpc":"2.0","id":\#(identifier?.json ?? "null"),"error":{"code":\#(code),"message":\#(message)}}"#
                .utf8)
    }
}

extension MCPEnvelope {
    /// What an HTTP request's fields say of the message.
    ///
    /// - Parameter agreed: The revision that the client's handshake asked for.
    fileprivate func fields(agreed: String?) -> [(String, String)] {
        if let version {
            var fields = [("MCP-Protocol-Version", version), ("Mcp-Method", method)]
            if method == "tools/call", let name { fields.append(("Mcp-Name", name)) }
            return fields.filter { Self.isVisible($0.1) }
        }
        guard method != "initialize", let agreed, let version = MCPVersion(rawValue: agreed) else { return [] }
        return [("MCP-Protocol-Version", version.rawValue)]
    }

    /// Whether a text can be a field's value.
    private static func isVisible(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
