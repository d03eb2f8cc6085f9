import Foundation

/// Fills a server's queue, sends requests that have no place in it, and leaves.
struct FullQueue {
    /// Requests with canaries that must be turned away.
    static func exchanges(for model: ServedModel) -> [Exchange] {
        let paths = ["/api/pictures", "/v1/images/generations", "/sdapi/v1/txt2img"]
        return paths.map { path in
            let canary = Canary("\(path), turned away")
            let body = JSONText.object([
                ("prompt", JSONText.string(canary.prompt)), ("seed", "\(canary.seed)"), ("steps", "2"),
            ])
            var exchange = Exchange(
                api: path, ending: .full, canary: canary, message: HTTPMessage(path: path, body: body))
            exchange.statuses = [429, 503]
            return exchange
        }
    }

    /// Sends them while the queue is full.
    static func send(_ exchanges: [Exchange], to server: ServerLocation) -> [Outcome] {
        var crowd: [any ByteConnection] = []
        let message = Occupation.message.bytes(to: server)
        var outcomes: [Outcome] = []
        for exchange in exchanges {
            var outcome = Outcome(exchange: exchange, answer: HTTPAnswer([]))
            while crowd.count < 400, outcome.answer.status == 0 {
                let isFirst = crowd.isEmpty
                for _ in 0..<(isFirst ? 72 : 24) {
                    guard let connection = try? server.connect() else { continue }
                    connection.send(message)
                    crowd.append(connection)
                }
                usleep(isFirst ? 300_000 : 100_000)
                guard isTurningAway(server, message) else { continue }
                outcome = exchange.send(to: server)
            }
            outcomes.append(outcome)
        }
        for connection in crowd { connection.close() }
        return outcomes
    }

    /// Whether one more large request is turned away.
    private static func isTurningAway(_ server: ServerLocation, _ message: [UInt8]) -> Bool {
        guard let connection = try? server.connect(timeout: 10) else {
            return false
        }
        connection.send(message)
        return [429, 503].contains(HTTPAnswer(connection.receive()).status)
    }
}
