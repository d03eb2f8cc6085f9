internal import NIOCore
package import Studio

/// A server of the Model Context Protocol, whatever the way that messages come: the model's tools and nothing else.
///
/// Nothing is kept from one message to the next, and nothing is asked of clients.
package struct MCPService: Sendable {
    let model: ModelCard
    let limits: RequestLimits
    let upscalers: UpscalerShelf
    private let version: String
    private let studio: @Sendable () async throws -> Studio
    private let tools: ByteBuffer

    /// Offers a model's tools.
    ///
    /// - Parameters:
    ///   - model: What may be known of the model.
    ///   - limits: What one request may ask for.
    ///   - upscalers: What enlarges pictures.
    ///   - version: The program's version.
    ///   - studio: Where pictures are made; asked for with the first of them.
    package init(
        model: ModelCard, limits: RequestLimits, upscalers: UpscalerShelf, version: String,
        studio: @escaping @Sendable () async throws -> Studio
    ) {
        self.model = model
        self.limits = limits
        self.upscalers = upscalers
        self.version = version
        self.studio = studio
        var tools = ByteBuffer()
        JSONText.list(MCPTool.allCases.map { $0.json(for: model, limits: limits, upscalers: upscalers) }).write(
            to: &tools)
        self.tools = tools
    }

    /// What has to be known to read a client's messages.
    func surroundings(headers: MCPHeaders? = nil, version: MCPVersion = .unsaid) -> MCPMessage.Surroundings {
        MCPMessage.Surroundings(
            model: model, limits: limits, upscalers: upscalers, headers: headers, version: version)
    }

    /// Answers a message; nil when it wants no answer.
    ///
    /// - Parameters:
    ///   - message: What the client wants.
    ///   - admit: Gives a request for pictures its requester.
    ///   - progress: Gets messages about how far it is, where the client wants them.
    /// - Throws: `CancellationError` when the calling task is cancelled, which ends the work.
    func answer(
        to message: MCPMessage, admit: @Sendable (consuming GenerationRequest) -> GenerationRequest,
        progress: (ByteBuffer) async throws -> Void
    ) async throws -> ByteBuffer? {
        switch message.content {
        case .notification: return nil
        case .request(.callTool(.makePictures(let order, let presentation), let token)):
            do {
                guard let order = order.take() else { throw CancellationError() }
                let events = try await studio().events(for: admit(order.takeRequest()))
                var content = MCPContent(presentation)
                for try await event in events {
                    try await append(event, to: &content, token, progress)
                }
                try Task.checkCancellation()
                return result(of: message, content.members(model: model.identifier))
            } catch {
                return try result(of: message, error)
            }
        default: return answerAtOnce(to: message)
        }
    }

    /// Adds what has happened to a result, or tells of it.
    func append(
        _ event: GenerationEvent, to content: inout MCPContent, _ token: MCPIdentifier?,
        _ progress: (ByteBuffer) async throws -> Void
    ) async throws {
        switch event {
        case .picture(let picture): try await content.append(picture)
        case .step(let completed, let total, _):
            guard let token else { return }
            try await progress(MCPAnswer.progress(token, completed: completed, total: total))
        case .queued, .started, .preview: break
        }
    }

    /// Answers a request that asks for no pictures, and refuses one that cannot be understood.
    func answerAtOnce(to message: MCPMessage) -> ByteBuffer? {
        switch message.content {
        case .notification: return nil
        case .invalid(let error): return MCPAnswer.error(error, to: message.identifier)
        case .request(.initialize(let agreed)):
            return result(
                of: message,
                .object(
                    [("protocolVersion", .text(agreed.rawValue)), ("serverInfo", MCPAnswer.serverInfo(version))] + about
                ))
        case .request(.discover):
            let versions = MCPVersion.allCases.reversed().map { JSONText.text($0.rawValue) }
            return result(of: message, .object([("supportedVersions", .list(versions))] + about), isCacheable: true)
        case .request(.ping):
            return MCPAnswer.result(of: message, ByteBuffer(), program: version)
        case .request(.listTools):
            var members = ByteBuffer(staticString: #""tools":"#)
            members.writeImmutableBuffer(tools)
            return MCPAnswer.result(of: message, members, isCacheable: true, program: version)
        case .request(.callTool(.listModels, _)):
            return result(of: message, MCPContent.data(.object([("models", .list([modelDetails]))])))
        case .request(.callTool(.refused(let error), _)):
            return result(of: message, MCPContent.error(error))
        case .request(.callTool(.makePictures, _)): return nil
        }
    }

    /// A result that says why there are no pictures; who has gone wants to know nothing.
    func result(of message: MCPMessage, _ error: any Error) throws -> ByteBuffer {
        let error = WebError(error)
        guard error.code != .cancelled else { throw CancellationError() }
        return result(of: message, MCPContent.error(error))
    }

    func result(of message: MCPMessage, _ members: ByteBuffer) -> ByteBuffer {
        MCPAnswer.result(of: message, members, program: version)
    }

    private func result(of message: MCPMessage, _ object: JSONText, isCacheable: Bool = false) -> ByteBuffer {
        guard case .object(let members) = object else { return ByteBuffer() }
        var text = ByteBuffer()
        for (index, member) in members.enumerated() {
            if index > 0 { text.writeStaticString(",") }
            text.writeJSONString(member.name)
            text.writeStaticString(":")
            member.value.write(to: &text)
        }
        return MCPAnswer.result(of: message, text, isCacheable: isCacheable, program: version)
    }

    /// What a client is told at first.
    private var about: [(name: String, value: JSONText)] {
        [
            ("capabilities", .object([("tools", .object([]))])),
            (
                "instructions",
                .text(
                    "Makes pictures with the model \(model.name). Neither descriptions nor pictures are kept: what should "
                        + "be made again needs its seed.")
            ),
        ]
    }

    private var modelDetails: JSONText {
        .object([
            ("id", .text(model.identifier)), ("name", .text(model.name)), ("default", .truth(true)),
            ("width", .number(model.defaultWidth)), ("height", .number(model.defaultHeight)),
            ("steps", .number(model.defaultSteps)), ("guidance_scale", .decimal(Double(model.defaultGuidanceScale))),
            ("samplers", .list(model.samplers.map(JSONText.text))),
            ("prompt_language", .optional(model.promptLanguage)),
        ])
    }
}
