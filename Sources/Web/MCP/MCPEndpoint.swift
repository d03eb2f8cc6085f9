internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Studio

/// `POST /mcp`: the streamable HTTP transport of the Model Context Protocol, without sessions.
///
/// A request is answered by JSON; by server-sent events where it asks to be told of its progress. Closing the connection
/// cancels it.
struct MCPEndpoint: Sendable {
    let service: MCPService
    let studio: Studio
    /// The longest that a stream sends nothing.
    let keepAlive: Duration

    /// Answers what one request's body holds.
    func respond(to request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json", upTo: maximumPictureBodyBytes)
        var request = request
        let bytes = try await request.takeBody(upTo: maximumPictureBodyBytes, admission.bodies)
        let surroundings = service.surroundings(headers: MCPHeaders(request.headers))
        let body = try await studio.imageWork.read(bytes, for: admission.requester) { bytes in
            MCPBody.read(bytes, in: surroundings)
        }
        if body.isBatch { return try await respond(toAll: body.messages, of: request, admission) }
        guard let message = body.messages.first else { return Response(status: .accepted) }
        if case .request(.callTool(.makePictures(let order, let presentation), let token)) = message.content {
            let accepted = request.headers[values: .accept].joined(separator: ",").lowercased()
            if let token, accepted.contains("text/event-stream") {
                return try await stream(order, presentation, token, message, to: request, admission)
            }
            return try await respond(toAll: body.messages, isBatch: false, of: request, admission)
        }
        guard let answer = service.answerAtOnce(to: message) else { return Response(status: .accepted) }
        return Self.json(answer, status: Self.status(of: message))
    }

    /// Answers messages one after another.
    private func respond(
        toAll messages: [MCPMessage], isBatch: Bool = true, of request: Request, _ admission: Admission
    ) async throws -> Response {
        let makesPictures = messages.contains { message in
            if case .request(.callTool(.makePictures, _)) = message.content { return true }
            return false
        }
        let work = { () async throws -> [ByteBuffer] in
            var answers: [ByteBuffer] = []
            for message in messages {
                let answer = try await service.answer(to: message, admit: admission.admit, progress: { _ in })
                if let answer { answers.append(answer) }
            }
            return answers
        }
        let answers = makesPictures ? try await request.untilClientLeaves(work) : try await work()
        guard !answers.isEmpty else { return Response(status: .accepted) }
        var response = Self.json(isBatch ? MCPAnswer.batch(answers) : answers[0], status: .ok)
        // To learn of the client's leaving, the connection has been given up.
        if makesPictures { response.headers[.connection] = "close" }
        return response
    }

    /// Answers with the progress of a request, and its result at the end.
    private func stream(
        _ order: Parcel<PictureOrder>, _ presentation: Presentation, _ token: MCPIdentifier, _ message: MCPMessage,
        to request: Request, _ admission: Admission
    ) async throws -> Response {
        guard let order = order.take() else { throw CancellationError() }
        let events: AsyncThrowingStream<GenerationEvent, any Error>
        let watch: ClientWatch
        do {
            (events, watch) = try await studio.watchedEvents(for: admission.admit(order.takeRequest()), of: request)
        } catch {
            var response = Self.json(try service.result(of: message, error), status: .ok)
            response.headers[.connection] = WebError(error).headers[.connection]
            return response
        }
        return Response(
            status: .ok, headers: Self.streamHeaders,
            body: ResponseBody { writer in
                let answer: ByteBuffer?
                do {
                    answer = try await tell(events, presentation, token, message) { try await writer.write($0) }
                } catch {
                    answer = try? service.result(of: message, error)
                }
                if let answer { try await writer.write(MCPAnswer.event(answer)) }
                await watch.end()
                try await writer.finish(nil)
            })
    }

    /// Sends what happens; a reader that is slow misses old progress.
    private func tell(
        _ events: AsyncThrowingStream<GenerationEvent, any Error>, _ presentation: Presentation, _ token: MCPIdentifier,
        _ message: MCPMessage, write: (ByteBuffer) async throws -> Void
    ) async throws -> ByteBuffer {
        let outbox = EventOutbox()
        var content = MCPContent(presentation)
        try await withThrowingTaskGroup { group in
            group.addTask { await outbox.post(events) }
            group.addTask {
                while true {
                    try await Task.sleep(for: keepAlive)
                    outbox.breakSilence()
                }
            }
            defer { group.cancelAll() }
            for try await signal in outbox.signals {
                if case .silence = signal { try await write(EventStream.comment) }
                while let event = outbox.take() {
                    try await service.append(event, to: &content, token) { try await write(MCPAnswer.event($0)) }
                }
            }
            try Task.checkCancellation()
        }
        return service.result(of: message, content.members(model: service.model.identifier))
    }

    /// The status of an answer, as of July 2026; before, whatever could be understood was answered with 200.
    private static func status(of message: MCPMessage) -> HTTPResponse.Status {
        guard case .invalid(let error) = message.content else { return .ok }
        switch error.code {
        case .notJSON, .invalidRequest, .headersDiffer, .unsupportedVersion: return .badRequest
        case .invalidParameters: return message.version.hasHandshake ? .ok : .badRequest
        case .unknownMethod: return message.version.hasHandshake ? .ok : .notFound
        case .failed: return .ok
        }
    }

    private static func json(_ answer: ByteBuffer, status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: answer))
    }

    private static var streamHeaders: HTTPFields {
        var headers: HTTPFields = [.contentType: "text/event-stream", .connection: "close"]
        // Asks nginx to pass events on as they come.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return headers
    }
}
