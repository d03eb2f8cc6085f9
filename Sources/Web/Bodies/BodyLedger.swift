internal import Privacy

/// The accounts of a ``BodyBudget``.
struct BodyLedger {
    typealias Refusal = BodyBudget.Refusal
    typealias Refuse = @Sendable (Refusal) -> Void

    private struct Account {
        let network: Network?
        let connection: ObjectIdentifier?
        var rate: RecentRate
        var bytes = 0
        /// Whether it has asked for more than what always finds room.
        var isLarge = false
        var isComplete = false
        var refusal: Refusal?
        let refuse: Refuse
    }

    /// A network's part, which stays the same when the network's number changes.
    private final class Network {
        var number: UInt64
        var bytes = 0
        var accounts = 0

        init(_ number: UInt64) { self.number = number }
    }

    /// How many bytes are held.
    private(set) var held = 0

    private let total: Int
    private var accounts: [UInt64: Account] = [:]
    private var networks: [UInt64: Network] = [:]
    private var connections: [ObjectIdentifier: Int] = [:]
    private var next: UInt64 = 0
    private var isClosed = false

    init(total: Int) { self.total = total }

    var count: Int { accounts.count }

    /// The most bytes that one body may have, whoever it comes from.
    var largestBody: Int { max(BodyBudget.small, total / 2) }

    private var connectionShare: Int { max(total / 4, min(largestBody, maximumPictureBodyBytes)) }

    mutating func open(_ origin: BodyBudget.Origin, at now: Duration, refuse: @escaping Refuse) -> UInt64 {
        next &+= 1
        var network: Network?
        if let number = origin.network { network = self.network(number) }
        network?.accounts += 1
        accounts[next] = Account(
            network: network, connection: origin.connection, rate: RecentRate(at: now),
            refusal: isClosed ? .shuttingDown : nil, refuse: refuse)
        return next
    }

    /// Counts bytes of a body, and says whether that is refused and which others have to give way to it.
    mutating func grow(_ number: UInt64, by bytes: Int, at now: Duration) -> (refusal: Refusal?, victims: [Refuse]) {
        guard let account = accounts[number] else { return (.crowdedOut, []) }
        if let refusal = account.refusal { return (refusal, []) }
        guard bytes > 0 else { return (nil, []) }
        guard bytes <= largestBody - account.bytes else { return (refuse(number, .tooLarge(maximum: largestBody)), []) }
        accounts[number]?.rate.add(bytes, at: now)
        let isLarge = account.bytes + bytes > BodyBudget.small
        accounts[number]?.isLarge = isLarge
        var victims: [Refuse] = []
        let hasRoom =
            (!isLarge || makeShares(for: number, bytes, at: now, &victims))
            && makeRoom(for: number, bytes, isLarge: isLarge, at: now, &victims)
        guard hasRoom else { return (refuse(number, .crowdedOut), victims) }
        count(bytes, for: number)
        return (nil, victims)
    }

    /// Notes that all of a body has come, and says whether it had to give way before.
    mutating func complete(_ number: UInt64) -> Refusal? {
        accounts[number]?.isComplete = true
        return accounts[number]?.refusal
    }

    mutating func end(_ number: UInt64) {
        guard let account = accounts[number] else { return }
        count(-account.bytes, for: number)
        accounts[number] = nil
        guard let network = account.network else { return }
        network.accounts -= 1
        if network.accounts == 0 { networks[network.number] = nil }
    }

    /// Refuses all that is unfinished and all that comes.
    mutating func close() -> [Refuse] {
        isClosed = true
        let unfinished = accounts.filter { !$0.value.isComplete && $0.value.refusal == nil }
        for number in unfinished.keys { _ = refuse(number, .shuttingDown) }
        return unfinished.values.map(\.refuse)
    }

    /// Makes others of the network and the connection give way until so many more bytes are within their shares; says
    /// whether they are.
    private mutating func makeShares(
        for number: UInt64, _ bytes: Int, at now: Duration, _ victims: inout [Refuse]
    ) -> Bool {
        guard let account = accounts[number] else { return false }
        if let network = account.network {
            let excess = network.bytes + bytes - largestBody
            let others = candidates { $1.network === network && $1.isLarge }
            if excess > 0, !giveWay(others, to: number, excess, at: now, &victims) { return false }
            if network.bytes + bytes > largestBody { return false }
        }
        if let connection = account.connection {
            let excess = connections[connection, default: 0] + bytes - connectionShare
            let others = candidates { $1.connection == connection && $1.isLarge }
            if excess > 0, !giveWay(others, to: number, excess, at: now, &victims) { return false }
            if connections[connection, default: 0] + bytes > connectionShare { return false }
        }
        return true
    }

    /// Makes others give way until so many more bytes fit into all; says whether they do.
    private mutating func makeRoom(
        for number: UInt64, _ bytes: Int, isLarge: Bool, at now: Duration, _ victims: inout [Refuse]
    ) -> Bool {
        let limit = isLarge ? total - total / 8 : total
        while held + bytes > limit {
            // A small body never gives way to a large one, nor to itself.
            let others = heaviest(candidates { isLarge ? $1.isLarge : $0 != number })
            // Some more than what is needed now, so that the search is not for every piece that comes.
            let excess = held + bytes - limit + total / 64
            if others.isEmpty || !giveWay(others, to: number, excess, at: now, &victims) { break }
        }
        return held + bytes <= limit
    }

    /// Makes the slowest of some bodies give way, until so many bytes are free or there are no more of them; false when
    /// the one that asks is itself the next to give way.
    private mutating func giveWay(
        _ others: [UInt64], to number: UInt64, _ bytes: Int, at now: Duration, _ victims: inout [Refuse]
    ) -> Bool {
        let goal = held - bytes
        for each in others.sorted(by: { givesWay($0, before: $1, at: now) }) where held > goal {
            if each == number { return false }
            if let account = accounts[each] { victims.append(account.refuse) }
            _ = refuse(each, .crowdedOut)
        }
        return true
    }

    /// The bodies that have not come in full, and can give way.
    private func candidates(where canGiveWay: (UInt64, Account) -> Bool) -> [UInt64] {
        accounts.compactMap { number, account in
            let isUnfinished = !account.isComplete && account.refusal == nil && (account.bytes > 0 || account.isLarge)
            return isUnfinished && canGiveWay(number, account) ? number : nil
        }
    }

    /// Those of some bodies that belong to the network that holds most in them.
    private func heaviest(_ candidates: [UInt64]) -> [UInt64] {
        var groups: [ObjectIdentifier?: (bytes: Int, numbers: [UInt64])] = [:]
        for number in candidates {
            guard let account = accounts[number] else { continue }
            let group = account.network.map { ObjectIdentifier($0) }
            groups[group, default: (0, [])].bytes += account.bytes
            groups[group, default: (0, [])].numbers.append(number)
        }
        return groups.values.max { $0.bytes < $1.bytes }?.numbers ?? []
    }

    /// Large ones before small ones, and of these the slower before the faster.
    private func givesWay(_ one: UInt64, before other: UInt64, at now: Duration) -> Bool {
        guard let one = accounts[one], let other = accounts[other] else { return false }
        if one.isLarge != other.isLarge { return one.isLarge }
        return one.rate.recentBytes(at: now) < other.rate.recentBytes(at: now)
    }

    /// Notes why a body is not read any further; what it held is about to go.
    private mutating func refuse(_ number: UInt64, _ refusal: Refusal) -> Refusal {
        count(-(accounts[number]?.bytes ?? 0), for: number)
        accounts[number]?.refusal = refusal
        return refusal
    }

    private mutating func count(_ bytes: Int, for number: UInt64) {
        guard bytes != 0, let account = accounts[number] else { return }
        held += bytes
        accounts[number]?.bytes += bytes
        account.network?.bytes += bytes
        guard let connection = account.connection else { return }
        let left = connections[connection, default: 0] + bytes
        connections[connection] = left > 0 ? left : nil
    }

    private mutating func network(_ number: KeyedHash.Number) -> Network {
        if let previous = number.previous, let network = networks.removeValue(forKey: previous) {
            network.number = number.current
            networks[number.current] = network
            return network
        }
        let network = networks[number.current] ?? Network(number.current)
        networks[number.current] = network
        return network
    }
}
