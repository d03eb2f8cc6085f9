import Synchronization

/// A connection in HTTP/1.1 that stays open.
final class HTTP1Session: HTTPSession {
    private let server: ServerLocation
    private let connection: any ByteConnection
    private let isUsable = Atomic(true)

    /// Speaks over a connection.
    init(to server: ServerLocation, over connection: any ByteConnection) {
        self.server = server
        self.connection = connection
    }

    var isOpen: Bool { isUsable.load(ordering: .relaxed) }

    func ask(_ message: HTTPMessage) -> HTTPAnswer {
        connection.send(message.bytes(to: server, staysOpen: true))
        var reader = HTTP1AnswerReader(method: message.method)
        while !reader.isComplete {
            let piece = connection.receive()
            guard !piece.isEmpty else { break }
            reader.take(piece)
        }
        // Whoever is told that the connection ends has to end it as well (RFC 9112, 9.6).
        if !reader.isComplete || reader.endsConnection { close() }
        return HTTPAnswer(reader.bytes)
    }

    func close() {
        isUsable.store(false, ordering: .relaxed)
        connection.close()
    }
}
