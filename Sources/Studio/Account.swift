/// Requests that share work, such as those of one requester, in the order that they are due.
///
/// A request is due when it would be done if `peers` requests like it shared the account's work evenly from its
/// arrival on. Short ones are due before long ones that came at the same time, and none is overtaken for longer than
/// it would take in a queue that is full of requests like itself.
struct Account<Request: Hashable> {
    private var workDone = 0
    private var entries: [(request: Request, due: Int)] = []
    private let peers: Int

    init(peers: Int) { self.peers = peers }

    /// Whether nothing is asked for.
    var isEmpty: Bool { entries.isEmpty }

    /// The requests, the one that is due first at the front; the earlier comes first among equals.
    var requests: [Request] { entries.map(\.request) }

    /// Takes a request in, whose work is `cost` altogether.
    mutating func enter(_ request: Request, cost: Int) {
        let due = workDone + peers * cost
        entries.insert((request, due), at: entries.firstIndex { $0.due > due } ?? entries.endIndex)
    }

    /// Lets a request go.
    mutating func leave(_ request: Request) { entries.removeAll { $0.request == request } }

    /// Counts work that was done for the account.
    mutating func charge(_ cost: Int) { workDone += cost }
}
