public import Privacy
internal import Synchronization

/// The memory that the bodies of all requests may hold together, whatever protocol and connection they come by.
///
/// What is counted is what has come and is held: from the first byte to the moment at which the body is read and
/// overwritten. Half of it is the most for one network, and a quarter for one connection, but always as much as one
/// body may need. At the edge, the network that holds most gives way, and of its unfinished bodies the slowest
/// (McKenney, "Stochastic Fairness Queuing", 1990: drop from the longest queue). A body of up to 64 KiB is no matter of
/// shares, and an eighth is kept for such: it finds room as long as there is any body to give way.
public final class BodyBudget: Sendable {
    /// Up to how many bytes a body always finds room.
    package static let small = 64 << 10

    /// Why a body is not read any further.
    package enum Refusal: Error, Equatable {
        /// Others need the room.
        case crowdedOut
        /// The server stops.
        case shuttingDown
        /// The body is larger than any may be here.
        case tooLarge(maximum: Int)
    }

    /// Where a body comes from.
    package struct Origin: Sendable {
        /// The network's number; nil for this machine without limits.
        package var network: KeyedHash.Number?
        /// The connection; nil where connections are shared by networks.
        package var connection: ObjectIdentifier?

        package init(network: KeyedHash.Number? = nil, connection: ObjectIdentifier? = nil) {
            self.network = network
            self.connection = connection
        }
    }

    /// The most that all may hold, in bytes.
    package let total: Int

    private let now: @Sendable () -> Duration
    private let ledger: Mutex<BodyLedger>

    /// A budget of so many bytes.
    ///
    /// - Parameters:
    ///   - total: The bytes.
    ///   - now: The time on a clock that never goes back.
    public init(total: Int, now: @escaping @Sendable () -> Duration = monotonicTime) {
        self.total = max(0, total)
        self.now = now
        ledger = Mutex(BodyLedger(total: max(0, total)))
    }

    /// How many bytes are held.
    package var held: Int { ledger.withLock { $0.held } }

    /// How many bodies are held.
    package var count: Int { ledger.withLock { $0.count } }

    /// The most bytes that one body may have.
    package var largestBody: Int { ledger.withLock { $0.largestBody } }

    /// Opens an account for a body.
    ///
    /// - Parameters:
    ///   - origin: Where it comes from.
    ///   - refuse: Called at most once, when the body has to give way although nothing more of it comes.
    package func lease(_ origin: Origin, refuse: @escaping @Sendable (Refusal) -> Void) -> BodyLease {
        let number = ledger.withLock { $0.open(origin, at: now(), refuse: refuse) }
        return BodyLease(self, number)
    }

    /// Refuses all bodies that have not come in full, and those that come from now on, because the server stops.
    public func close() {
        for refuse in ledger.withLock({ $0.close() }) { refuse(.shuttingDown) }
    }

    func grow(_ number: UInt64, by bytes: Int) throws(Refusal) {
        let (refusal, victims) = ledger.withLock { $0.grow(number, by: bytes, at: now()) }
        for refuse in victims { refuse(.crowdedOut) }
        if let refusal { throw refusal }
    }

    func complete(_ number: UInt64) throws(Refusal) {
        if let refusal = ledger.withLock({ $0.complete(number) }) { throw refusal }
    }

    func end(_ number: UInt64) { ledger.withLock { $0.end(number) } }
}

/// One body's account with the budget; what it holds is given back when the account goes.
package final class BodyLease: Sendable {
    private let budget: BodyBudget
    private let number: UInt64

    fileprivate init(_ budget: BodyBudget, _ number: UInt64) {
        self.budget = budget
        self.number = number
    }

    deinit { budget.end(number) }

    /// Counts bytes that have come, before they are kept.
    package func grow(by bytes: Int) throws(BodyBudget.Refusal) { try budget.grow(number, by: bytes) }

    /// Says that all of the body has come: it gives way no more.
    package func complete() throws(BodyBudget.Refusal) { try budget.complete(number) }
}
