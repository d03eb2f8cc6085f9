import Foundation
import Synchronization

/// Many clients at once, each sending its next request when the last was answered.
struct LoadTest: Sendable {
    let server: ServerAddress
    let clients: Int
    /// How many requests in all.
    let requests: Int
    /// As how many addresses the clients send, to a server behind a proxy; nil for their own.
    let requesters: Int?
    let prompts: [String]
    /// The settings of every request, as in the API.
    let settings: [String: any Sendable]

    /// Sends all requests.
    func run() async throws -> LoadReport {
        let turns = Turns(count: requests)
        let start = ContinuousClock.now
        let outcomes = try await withThrowingTaskGroup { group in
            for index in 0..<min(clients, requests) {
                group.addTask {
                    let client = LoadClient(server: server, forwardedFor: requesters.map { address(index % $0) })
                    var outcomes: [LoadOutcome] = []
                    while let request = turns.next() {
                        outcomes.append(await client.send(try body(request)))
                    }
                    return outcomes
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return LoadReport(clients: clients, seconds: seconds, outcomes: outcomes)
    }

    private func body(_ request: Int) throws -> [UInt8] {
        var object: [String: Any] = settings
        object["prompt"] = prompts[request % prompts.count]
        object["seed"] = request
        return Array(try JSONSerialization.data(withJSONObject: object))
    }

    /// An address of a private network; no two share a prefix of 24 bits.
    private func address(_ requester: Int) -> String { "10.\(requester >> 8 & 255).\(requester & 255).1" }
}

/// Numbers from 0 that are given out once each.
private final class Turns: Sendable {
    private let count: Int
    private let taken = Atomic(0)

    init(count: Int) { self.count = count }

    func next() -> Int? {
        let turn = taken.add(1, ordering: .relaxed).oldValue
        return turn < count ? turn : nil
    }
}
