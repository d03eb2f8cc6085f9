import Foundation
import Synchronization

/// Keeps a server at work on other requests, so that it is never idle while an audit looks.
final class Occupation: Sendable {
    private let server: ServerLocation
    private let isOver = Atomic(false)
    private let done = DispatchGroup()

    /// Two clients ask for much, each again when it was served.
    init(of server: ServerLocation) {
        self.server = server
        for _ in 0..<2 {
            done.enter()
            Thread { [self] in
                work()
                done.leave()
            }.start()
        }
    }

    /// Leaves.
    func end() {
        isOver.store(true, ordering: .relaxed)
        done.wait()
    }

    /// What occupies a server for a while.
    static let message = HTTPMessage(
        path: "/api/pictures",
        body: JSONText.object([("prompt", "\"blue star\""), ("n", "10"), ("steps", "150")]))

    private func work() {
        let message = Self.message.bytes(to: server)
        while !isOver.load(ordering: .relaxed) {
            guard let connection = try? server.connect(timeout: 60) else { return }
            connection.send(message)
            // Its events come after every step, so that the end is noticed at once.
            while !isOver.load(ordering: .relaxed), !connection.receive().isEmpty {}
        }
    }

    /// How many requests the server works on; nil when it does not say.
    static func running(on server: ServerLocation) -> (waiting: Int, running: Int)? {
        let answer = HTTPAnswer.to(HTTPMessage(method: "GET", path: "/api/status"), from: server)
        guard let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] else {
            return nil
        }
        guard let waiting = object["waiting"] as? Int, let running = object["running"] as? Int else { return nil }
        return (waiting, running)
    }

    /// Waits until the server works on nothing; false when that takes too long.
    static func waitUntilIdle(_ server: ServerLocation) -> Bool {
        for _ in 0..<600 {
            if let load = running(on: server), load.waiting + load.running == 0 { return true }
            usleep(50_000)
        }
        return false
    }
}
