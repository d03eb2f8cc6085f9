import Foundation

extension Exchange {
    /// Sends the request and does what its client does.
    func send(to server: ServerLocation) -> Outcome {
        let nothing = Outcome(exchange: self, answer: HTTPAnswer([]))
        guard let connection = try? server.connect() else { return nothing }
        switch client {
        case .reads:
            connection.send(message.bytes(to: server))
            return Outcome(exchange: self, answer: HTTPAnswer(connection.receiveAll()))
        case .leaves:
            connection.send(message.bytes(to: server))
            usleep(300_000)
            return nothing
        case .leavesEarly:
            connection.send(message.bytes(to: server, missing: 20))
            usleep(100_000)
            return nothing
        case .interrupts(let task):
            connection.send(message.bytes(to: server))
            let question = HTTPMessage(method: "GET", path: "/sdapi/v1/progress?force_task_id=\(task)")
            for _ in 0..<100 {
                usleep(20_000)
                // Until there is a preview to look at.
                if HTTPAnswer.to(question, from: server).body.count > 1_000 { break }
            }
            _ = HTTPAnswer.to(
                HTTPMessage(path: "/sdapi/v1/interrupt", body: JSONText.object([("force_task_id", "\"\(task)\"")])),
                from: server)
            return Outcome(exchange: self, answer: HTTPAnswer(connection.receiveAll()))
        }
    }
}

extension [Exchange] {
    /// Sends all of them, a few at once, and tells of each as it ends.
    func send(to server: ServerLocation, atOnce: Int = 4, ended: @escaping @Sendable (Outcome) -> Void) -> [Outcome] {
        let outcomes = Outcomes()
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = atOnce
        for exchange in self {
            queue.addOperation {
                let outcome = exchange.send(to: server)
                ended(outcome)
                outcomes.add(outcome)
            }
        }
        queue.waitUntilAllOperationsAreFinished()
        return outcomes.all
    }
}
