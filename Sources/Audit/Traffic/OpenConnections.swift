import Foundation
import NIOCore
import Synchronization

/// Requests whose connections stay open after their answers, so that what the server still holds can be looked at.
final class OpenConnections: Sendable {
    private let server: ServerLocation
    private let spoken: AuditedProtocol
    private let sessions = Mutex<[any HTTPSession]>([])
    private let isOccupied = Atomic(false)

    /// Prepares for requests in one protocol.
    init(to server: ServerLocation, speaking spoken: AuditedProtocol) {
        self.server = server
        self.spoken = spoken
    }

    /// Whether the server speaks the protocol at all.
    var canConnect: Bool {
        guard let session = try? server.open(spoken) else { return false }
        defer { session.close() }
        return session.ask(.health).status == 200
    }

    /// Sends each request on a connection of its own, a few at once, and reads all answers.
    func send(_ exchanges: [Exchange], ended: @escaping @Sendable () -> Void) -> [Outcome] {
        run(exchanges, ended: ended) { [self] exchange in
            guard let session = try? server.open(spoken) else { return HTTPAnswer([]) }
            sessions.withLock { $0.append(session) }
            return session.ask(exchange.message)
        }
    }

    /// Sends all requests on one connection, or on another where an answer has ended that: one after the other, or as
    /// streams beside one that is in work.
    func share(_ exchanges: [Exchange], ended: @escaping @Sendable () -> Void) -> [Outcome] {
        let shared = Mutex<(any HTTPSession)?>(nil)
        return run(exchanges, atOnce: spoken == .http2 ? 4 : 1, ended: ended) { [self] exchange in
            let session = shared.withLock { reuse(&$0) }
            let answer = session?.ask(exchange.message) ?? HTTPAnswer([])
            guard answer.status == 0, session?.isOpen == false else { return answer }
            // The server may end a connection between two requests; then clients ask again (RFC 9110, 9.2.2).
            return shared.withLock { reuse(&$0) }?.ask(exchange.message) ?? answer
        }
    }

    /// The connection that requests share, or a new one in its place.
    private func reuse(_ shared: inout (any HTTPSession)?) -> (any HTTPSession)? {
        if let shared, shared.isOpen { return shared }
        shared = try? server.open(spoken)
        if let session = shared {
            sessions.withLock { $0.append(session) }
            occupy(session)
        }
        return shared
    }

    /// Uses every connection once more; returns how many are still open.
    func poll() -> Int {
        let all = sessions.withLock { $0 }
        let open = all.filter { $0.isOpen && $0.ask(.health).status == 200 }
        if let shared = open.last { occupy(shared) }
        return open.count
    }

    /// Ends all connections.
    func end() {
        sessions.withLock { sessions in
            for session in sessions { session.close() }
            sessions = []
        }
    }

    /// Has a stream in work on a connection of HTTP/2, unless there is one.
    private func occupy(_ session: any HTTPSession) {
        guard let session = session as? HTTP2Session, !isOccupied.exchange(true, ordering: .relaxed) else { return }
        session.begin(Occupation.message).whenComplete { [self] _ in isOccupied.store(false, ordering: .relaxed) }
    }

    private func run(
        _ exchanges: [Exchange], atOnce: Int = 4, ended: @escaping @Sendable () -> Void,
        _ ask: @escaping @Sendable (Exchange) -> HTTPAnswer
    ) -> [Outcome] {
        let outcomes = Outcomes()
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = atOnce
        for exchange in exchanges {
            queue.addOperation {
                outcomes.add(Outcome(exchange: exchange, answer: ask(exchange)))
                ended()
            }
        }
        queue.waitUntilAllOperationsAreFinished()
        return outcomes.all
    }
}
