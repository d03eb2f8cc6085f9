/// Whose turn it is: those come first who have had the least work done for them.
///
/// Every account is one request now. When accounts are requesters, who may have several requests, nothing changes
/// here: the account and the cost are the caller's to say.
struct FairShare<Account: Hashable> {
    private var work: [Account: (done: Int, arrival: Int)] = [:]
    private var arrivals = 0

    /// Opens an account, level with whoever has had the least, so that newcomers neither wait nor catch up.
    mutating func enter(_ account: Account) {
        work[account] = (work.values.map(\.done).min() ?? 0, arrivals)
        arrivals += 1
    }

    /// Closes an account.
    mutating func leave(_ account: Account) { work[account] = nil }

    /// Counts work that was done for an account.
    mutating func charge(_ account: Account, cost: Int) { work[account]?.done += cost }

    /// The accounts in the order of their turns; the earlier comes first among equals.
    var order: [Account] {
        work.sorted { ($0.value.done, $0.value.arrival) < ($1.value.done, $1.value.arrival) }.map(\.key)
    }

    /// Shares places between accounts, one each in turn until nobody wants more.
    ///
    /// - Parameters:
    ///   - places: How many there are.
    ///   - wishes: Who wants how many, in the order of their turns.
    /// - Returns: How many each gets, in the same order.
    static func share(_ places: Int, between wishes: [Int]) -> [Int] {
        var shares = wishes.map { _ in 0 }
        var left = min(places, wishes.reduce(0, +))
        while left > 0 {
            for index in wishes.indices where left > 0 && shares[index] < wishes[index] {
                shares[index] += 1
                left -= 1
            }
        }
        return shares
    }
}
