internal import NIOCore
package import Privacy
internal import Studio

/// A client on the other end of two pipes, who sends each message in a line (the stdio transport of the Model Context
/// Protocol).
///
/// Requests are worked on side by side. What the client does not want any more is cancelled, and not answered.
package actor MCPSession {
    /// The most bytes that a line may have.
    package static let maximumLineBytes = maximumPictureBodyBytes

    private let service: MCPService
    private let write: @Sendable (ByteBuffer) async throws -> Void
    private var version = MCPVersion.latestWithHandshake
    private var work: [Int: (identifiers: Set<MCPIdentifier>, task: Task<Void, Never>)] = [:]
    private var nextNumber = 0

    /// Begins a session.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - write: Sends a line, without a break at its end, when those before it have been sent.
    package init(service: MCPService, write: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.service = service
        self.write = { try await write(Array(buffer: $0)) }
    }

    /// Reads a line, and begins to work on what it asks for.
    package func receive(_ line: consuming SecretBytes) async {
        let parcel = Parcel(line)
        let surroundings = service.surroundings(version: version)
        let body = try? erasingStack { () throws -> MCPBody in
            guard let line = parcel.take() else { throw CancellationError() }
            return MCPBody.read(line, in: surroundings)
        }
        guard let body else { return }
        for message in body.messages { note(message) }
        let identifiers = Set(body.messages.compactMap(\.identifier))
        let number = nextNumber
        nextNumber += 1
        work[number] = (identifiers, Task { await answer(body, number) })
    }

    /// Says that a line was longer than it may be.
    package func refuseLine() async {
        let error = MCPError(.invalidRequest, "A message has at most \(Self.maximumLineBytes) bytes.")
        try? await write(MCPAnswer.error(error, to: nil))
    }

    /// Waits until everything is answered.
    package func finish() async {
        for task in work.values.map(\.task) { await task.value }
    }

    /// Cancels everything.
    package func cancel() {
        for task in work.values.map(\.task) { task.cancel() }
    }

    /// Remembers what is agreed on, and cancels what is not wanted.
    private func note(_ message: MCPMessage) {
        switch message.content {
        case .request(.initialize(let agreed)): version = agreed
        case .notification(let envelope) where envelope.method == "notifications/cancelled":
            guard let identifier = envelope.cancelled else { return }
            for (identifiers, task) in work.values where identifiers.contains(identifier) { task.cancel() }
        default: break
        }
    }

    private func answer(_ body: MCPBody, _ number: Int) async {
        defer { work[number] = nil }
        do {
            var answers: [ByteBuffer] = []
            for message in body.messages {
                let answer = try await service.answer(
                    to: message, admit: { (request: consuming GenerationRequest) in request }, progress: write)
                if let answer { answers.append(answer) }
            }
            guard !answers.isEmpty, !Task.isCancelled else { return }
            try await write(body.isBatch ? MCPAnswer.batch(answers) : answers[0])
        } catch {
            // The client has cancelled it, or is not there any more.
        }
    }
}
