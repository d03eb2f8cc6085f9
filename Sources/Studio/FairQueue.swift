/// Which requests take part in the next pass of the denoiser: places go round over requesters, and then over the
/// requests of each.
///
/// Whose turn it is says ``DeficitRoundRobin``, and which of the requester's requests ``Account``. Others who can share
/// the pass take the places that are left, one each in turn, and every place is paid for by its requester.
///
/// **Starvation bound.** Let `k` requesters have work, all of it of one size, let a turn be worth `q` steps and a pass
/// have `b` places. Then a requester has a place in at least one of any `2·(k·(2q + 1)/max(1, b - 1) + 1)` passes,
/// whatever the others ask for. Of two passes' places at least one pass's go to those who are not new. All but the
/// leader's go to those who have had the least, who can be given `2q + 1` steps each until they have had as much as
/// somebody who waits. With one place, everybody leads for at most `q` steps in turn. With `k ≤ b/2`, that is in every
/// pass. Where sizes differ, the same bound holds for the work in place of the passes.
package struct FairQueue<Requester: Hashable, Request: Hashable> {
    private struct Entry {
        let requester: Requester
        let stepCost: Int
    }

    private var turns: DeficitRoundRobin<Requester>
    private var accounts: [Requester: Account<Request>] = [:]
    private var entries: [Request: Entry] = [:]
    private let peers: Int

    /// - Parameters:
    ///   - quantum: How much work a requester's turn is worth.
    ///   - peers: How many requests there may be at once.
    package init(quantum: Int, peers: Int) {
        turns = DeficitRoundRobin(quantum: quantum)
        self.peers = peers
    }

    /// Takes a request in.
    ///
    /// - Parameters:
    ///   - stepCost: The work of one step of one of its pictures.
    ///   - cost: All of its work.
    package mutating func enter(_ request: Request, of requester: Requester, stepCost: Int, cost: Int) {
        entries[request] = Entry(requester: requester, stepCost: stepCost)
        accounts[requester, default: Account(peers: peers)].enter(request, cost: cost)
        turns.enter(requester)
    }

    /// Lets a request go.
    package mutating func leave(_ request: Request) {
        guard let requester = entries.removeValue(forKey: request)?.requester else { return }
        accounts[requester]?.leave(request)
        if accounts[requester]?.isEmpty == true {
            accounts[requester] = nil
            turns.leave(requester)
        }
    }

    /// Forgets who has had turns, unless anybody has work: then there is nobody whom that could be unfair to.
    package mutating func forgetIdle() {
        if entries.isEmpty { turns = DeficitRoundRobin(quantum: turns.quantum) }
    }

    /// How many requesters are remembered.
    package var requesterCount: Int { turns.accountCount }

    /// Counts one step of one picture of a request.
    package mutating func charge(_ request: Request) {
        guard let entry = entries[request] else { return }
        turns.charge(entry.requester, cost: entry.stepCost)
        accounts[entry.requester]?.charge(entry.stepCost)
    }

    /// Gives the places of the next pass.
    ///
    /// - Parameters:
    ///   - limit: How many places a pass has that is led by a request.
    ///   - wishes: How many places a request could use.
    ///   - canShare: Whether a request may take part in a pass that another leads.
    /// - Returns: Whose each place is; the first is the leader's.
    package mutating func nextPlaces(
        limit: (Request) -> Int, wishes: (Request) -> Int, canShare: (Request, Request) -> Bool
    ) -> [Request] {
        let requesters = turns.nextTurn()
        guard let leader = requesters.first.flatMap({ accounts[$0]?.requests.first }) else { return [] }
        let limit = limit(leader)
        let sharing = requesters.map { requester in
            (accounts[requester]?.requests ?? []).filter { $0 == leader || canShare($0, leader) }
        }
        // No requester can use more places than there are.
        return Self.inTurn(
            sharing.map { requests in
                Self.inTurn(
                    requests.map { Array(repeating: $0, count: min(limit, wishes($0))) }, limit: limit)
            }, limit: limit)
    }

    /// The first elements of each, then the second ones, until there are enough.
    private static func inTurn(_ lists: [[Request]], limit: Int) -> [Request] {
        var result: [Request] = []
        for round in 0..<(lists.lazy.map(\.count).max() ?? 0) {
            for list in lists where round < list.count {
                result.append(list[round])
                if result.count == limit { return result }
            }
        }
        return result
    }

    /// How much work will have been done when each request is done, if requesters share evenly and nobody comes.
    ///
    /// - Parameter remaining: The work that is left of a request, in any unit, which is the result's too.
    package func workUntilDone(remaining: (Request) -> Double) -> [Request: Double] {
        let sums = accounts.mapValues { account in account.requests.reduce(0) { $0 + remaining($1) } }
        var result: [Request: Double] = [:]
        for account in accounts.values {
            var own = 0.0
            for request in account.requests {
                own += remaining(request)
                result[request] = sums.values.reduce(0) { $0 + min($1, own) }
            }
        }
        return result
    }
}
