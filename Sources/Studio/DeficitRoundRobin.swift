/// Whose turn it is: everybody in turn, a quantum of work each.
///
/// Shreedhar and Varghese, "Efficient Fair Queueing Using Deficit Round Robin", 1995, with two lists as in RFC 8290
/// (FQ-CoDel): whoever comes anew gets a first quantum before those who have had theirs, so that a short request need
/// not wait for the long ones. Newcomers together get half of the work, or as much as their number is of all, so that
/// they cannot shut anybody out.
/// Work done ahead of a turn is owed, up to a quantum or one step, and turns are passed over until it is paid back.
///
/// Next to the one whose turn it is come those who have had the least, as in Goyal, Vin and Cheng, "Start-time Fair
/// Queueing", 1996. Whoever comes counts as having had at most a quantum less than all others who have work, and nobody
/// as having had more than a quantum, or one step, above the least of them: so far ahead is only who was given what
/// nobody else wanted.
package struct DeficitRoundRobin<Account: Hashable> {
    /// How much work a turn is worth.
    let quantum: Int

    private var newcomers: [Account] = []
    private var ring: [Account] = []
    private var credits: [Account: Int] = [:]
    private var received: [Account: Int] = [:]
    // What whoever has work has had at least, but for those who have just come.
    private var level = 0
    // Those who have nothing to do keep their place until the round is over: leaving does not make a newcomer.
    private var idle: Set<Account> = []
    // How much of the next place is the newcomers'.
    private var newcomersClaim = 0.5

    package init(quantum: Int) {
        precondition(quantum > 0, "a turn cannot be worth \(quantum)")
        self.quantum = quantum
    }

    /// How many accounts are remembered, with work or without.
    var accountCount: Int { credits.count }

    /// Notes that an account has work.
    package mutating func enter(_ account: Account) {
        let isBack = idle.contains(account)
        guard isBack || credits[account] == nil else { return }
        received[account] = max(received[account] ?? .min, level - quantum)
        guard !isBack else {
            idle.remove(account)
            return
        }
        credits[account] = quantum
        newcomers.append(account)
    }

    /// Notes that an account has no more work.
    package mutating func leave(_ account: Account) {
        guard credits[account] != nil else { return }
        idle.insert(account)
        if let place = newcomers.firstIndex(of: account) {
            newcomers.remove(at: place)
            ring.append(account)
        }
    }

    /// Counts work that was done for an account.
    package mutating func charge(_ account: Account, cost: Int) {
        guard let credit = credits[account], let work = received[account] else { return }
        let mostOwed = max(quantum, cost)
        credits[account] = max(credit - cost, -mostOwed)
        received[account] = min(work + cost, level + mostOwed)
        level = max(level, received.filter { !idle.contains($0.key) }.values.min() ?? level)
        guard !newcomers.isEmpty, newcomers.count < credits.count - idle.count else { return }
        let gain = newcomersShare - (newcomers.contains(account) ? 1 : 0)
        newcomersClaim = min(max(newcomersClaim + gain, -1), 1)
    }

    private var newcomersShare: Double {
        max(0.5, Double(newcomers.count) / Double(credits.count - idle.count))
    }

    /// Begins a turn: the accounts that have work, the one whose turn it is first, then the others, first those who have
    /// had the least.
    package mutating func nextTurn() -> [Account] {
        retireNewcomers()
        turnRing()
        let active = ring.filter { !idle.contains($0) }
        let others = active.dropFirst().sorted { received[$0, default: 0] < received[$1, default: 0] }
        let settled = active.prefix(1) + others
        guard !newcomers.isEmpty, !settled.isEmpty else { return newcomers + settled }
        let share = newcomersShare
        var (claim, order, new, old) = (newcomersClaim, [Account](), newcomers[...], settled[...])
        while let firstNew = new.first, let firstOld = old.first {
            claim += share
            if claim >= 1 {
                claim -= 1
                order.append(firstNew)
                new = new.dropFirst()
            } else {
                order.append(firstOld)
                old = old.dropFirst()
            }
        }
        return order + new + old
    }

    /// Has those newcomers join the ring who have had their first quantum.
    private mutating func retireNewcomers() {
        for account in newcomers where credits[account, default: 0] <= 0 {
            credits[account, default: 0] += quantum
            ring.append(account)
        }
        newcomers.removeAll { ring.contains($0) }
    }

    /// Turns the ring until somebody who has work and credit is first.
    private mutating func turnRing() {
        while let first = ring.first {
            if idle.contains(first) {
                idle.remove(first)
                credits[first] = nil
                received[first] = nil
                ring.removeFirst()
            } else if credits[first, default: 0] <= 0 {
                credits[first, default: 0] += quantum
                ring.append(ring.removeFirst())
            } else {
                return
            }
        }
    }
}
