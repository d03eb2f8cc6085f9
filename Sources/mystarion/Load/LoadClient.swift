import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends one request at a time to the interface that the page uses, on a connection of its own.
struct LoadClient: Sendable {
    let server: ServerAddress
    /// What the request says in `X-Forwarded-For`, if anything.
    let forwardedFor: String?

    private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// Sends a request and reads its answer to the end.
    func send(_ body: [UInt8]) async -> LoadOutcome {
        let start = ContinuousClock.now
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(30))
                .connect(host: server.host, port: server.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try Channel(wrappingChannelSynchronously: channel)
                    }
                }
            return try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(.head(head(contentLength: body.count)))
                try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
                try await outbound.write(.end(nil))
                return try await outcome(of: inbound, since: start)
            }
        } catch {
            return .failed("connection")
        }
    }

    private func head(contentLength: Int) -> HTTPRequestHead {
        var headers: HTTPHeaders = [
            "Host": server.authority, "Content-Type": "application/json", "Content-Length": "\(contentLength)",
            "Accept": "text/event-stream",
        ]
        if let forwardedFor { headers.add(name: "X-Forwarded-For", value: forwardedFor) }
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: "/api/pictures", headers: headers)
    }

    private func outcome(
        of inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, since start: ContinuousClock.Instant
    ) async throws -> LoadOutcome {
        var status = HTTPResponseStatus.ok
        var problem: [UInt8] = []
        var reader = ServerSentEventReader()
        var firstEvent: Double?
        for try await part in inbound {
            switch part {
            case .head(let head):
                status = head.status
            case .body(let buffer) where status != .ok:
                problem += buffer.readableBytesView.prefix(4096 - min(4096, problem.count))
            case .body(let buffer):
                for event in reader.read(buffer.readableBytesView) {
                    let seconds = (ContinuousClock.now - start) / .seconds(1)
                    if firstEvent == nil { firstEvent = seconds }
                    if event.name == "done" { return .done(firstEvent: firstEvent ?? seconds, end: seconds) }
                    if event.name == "error" { return .failed(code(of: Data(event.data.utf8))) }
                }
            case .end:
                return .failed(status == .ok ? "unfinished" : "\(status.code) \(code(of: Data(problem)))")
            }
        }
        return .failed("unfinished")
    }

    /// The stable name that problem details carry.
    private func code(of problem: Data) -> String {
        let object = try? JSONSerialization.jsonObject(with: problem) as? [String: Any]
        return object?["code"] as? String ?? "unknown"
    }
}
