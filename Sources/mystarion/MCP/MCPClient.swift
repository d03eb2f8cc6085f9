import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Privacy
import Web

/// Sends messages to a server's `POST /mcp`, each on a connection of its own, so that closing it cancels the request.
struct MCPClient: Sendable {
    /// What came back.
    enum Piece: Sendable {
        /// A whole message.
        case message([UInt8])
        /// An answer that is no message: its status, and what the server says of it.
        case refusal(status: Int, sentence: String?)
    }

    /// The most bytes that an answer may have: ten pictures of the largest size.
    private static let maximumAnswerBytes = 256 << 20

    private let server: ServerAddress
    private let security: NIOSSLContext?

    private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// - Throws: A failure, where the system's certificates cannot be read.
    init(server: ServerAddress) throws {
        self.server = server
        do {
            security = server.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        } catch {
            throw Failure(.unavailable, "the system's certificates cannot be read.")
        }
    }

    /// Sends a message and hands on what comes back, as it comes.
    ///
    /// - Parameters:
    ///   - message: The message, as JSON.
    ///   - fields: What the request's fields say of it.
    ///   - receive: Called with each piece.
    func send(
        _ message: borrowing SecretBytes, fields: [(String, String)], receive: @Sendable (Piece) async throws -> Void
    ) async throws {
        let body = message.withUnsafeBytes { ByteBuffer(bytes: $0) }
        let (security, host) = (security, server.host)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(30))
            .connect(host: host, port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let security {
                        // A name for the server to choose its certificate by; an address is none.
                        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: security, serverHostname: isAddress ? nil : host))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Channel(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(.head(head(contentLength: body.readableBytes, fields)))
            try await outbound.write(.body(.byteBuffer(body)))
            try await outbound.write(.end(nil))
            try await read(inbound, receive)
        }
    }

    private func head(contentLength: Int, _ fields: [(String, String)]) -> HTTPRequestHead {
        var headers: HTTPHeaders = [
            "Host": server.authority, "Content-Type": "application/json", "Content-Length": "\(contentLength)",
            "Accept": "application/json, text/event-stream",
        ]
        for (name, value) in fields { headers.add(name: name, value: value) }
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: "/mcp", headers: headers)
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, _ receive: (Piece) async throws -> Void
    ) async throws {
        var status = 0
        var isStream = false
        var pending: [UInt8] = []
        var events = EventLines()
        var count = 0
        for try await part in inbound {
            switch part {
            case .head(let head):
                status = Int(head.status.code)
                isStream = head.headers["Content-Type"].contains { $0.hasPrefix("text/event-stream") }
            case .body(let buffer):
                count += buffer.readableBytes
                guard count <= Self.maximumAnswerBytes else { throw Failure(.badData, "the answer is too long.") }
                guard isStream else {
                    pending += buffer.readableBytesView
                    continue
                }
                for message in events.read(buffer.readableBytesView) { try await receive(.message(message)) }
            case .end:
                if isStream || status == 202 { return }
                return try await receive(Self.piece(status: status, body: pending))
            }
        }
        throw ChannelError.eof
    }

    /// An answer that is a message, whatever its status; anything else is a refusal.
    private static func piece(status: Int, body: [UInt8]) -> Piece {
        let object = try? JSONSerialization.jsonObject(with: Data(body))
        guard let answer = object as? [String: Any] else {
            return status == 200 && object is [Any] ? .message(body) : .refusal(status: status, sentence: nil)
        }
        if answer["jsonrpc"] != nil, !(answer["id"] is NSNull) { return .message(body) }
        let error = answer["error"] as? [String: Any]
        return .refusal(status: status, sentence: error?["message"] as? String ?? answer["detail"] as? String)
    }
}

/// Finds the data of server-sent events in bytes that come in pieces; each has one line of it.
private struct EventLines {
    private static let prefix = Array("data: ".utf8)

    private var line: [UInt8] = []

    /// Reads the next bytes, and returns the data that ends in them.
    mutating func read(_ bytes: ByteBufferView) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[..<end]
            if line.starts(with: Self.prefix) { found.append(Array(line.dropFirst(Self.prefix.count))) }
            line = []
            rest = rest[rest.index(after: end)...]
        }
        line += rest
        return found
    }
}
