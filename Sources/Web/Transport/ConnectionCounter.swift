package import NIOCore
internal import Privacy
internal import Synchronization

/// Counts open connections, all together and by network, and says when there is room for no more.
///
/// Networks are known by keyed hashes, and only as long as they have a connection. When the key is replaced, the numbers
/// are made again from the open connections, which know their addresses anyway: so no number outlives its key.
package final class ConnectionCounter: Sendable {
    /// Tells a connection's address as long as it is open.
    package typealias Address = @Sendable () -> SocketAddress?

    private struct Connection {
        let address: Address
        var network: UInt64?
    }

    private struct State {
        var connections: [UInt64: Connection] = [:]
        var networks: [UInt64: Int] = [:]
        var hash: KeyedHash?
        var since = Duration.zero
        var next: UInt64 = 0
    }

    private let maximum: Int
    private let maximumPerNetwork: Int?
    private let period: Duration
    private let now: @Sendable () -> Duration
    private let state = Mutex(State())

    /// Counts up to a maximum.
    ///
    /// - Parameters:
    ///   - maximum: The most connections.
    ///   - maximumPerNetwork: The most of one network; nil where all come from one, such as a proxy's.
    ///   - period: How long a key is used.
    ///   - now: The time on a clock that never goes back.
    package init(
        maximum: Int, perNetwork maximumPerNetwork: Int?, period: Duration = .seconds(3_600),
        now: @escaping @Sendable () -> Duration = monotonicTime
    ) {
        self.maximum = maximum
        self.maximumPerNetwork = maximumPerNetwork
        self.period = period
        self.now = now
    }

    /// How many connections are open.
    package var total: Int { state.withLock { $0.connections.count } }

    /// The numbers that networks are known by at the moment.
    package var numbers: Set<UInt64> { state.withLock { Set($0.networks.keys) } }

    /// Adds a connection, and returns what takes it off again; nil when there is no room for it.
    package func add(_ address: @escaping Address) -> (@Sendable () -> Void)? {
        guard let connection = state.withLock({ add(address, to: &$0) }) else { return nil }
        return { self.remove(connection) }
    }

    private func add(_ address: @escaping Address, to state: inout State) -> UInt64? {
        guard state.connections.count < maximum else { return nil }
        renewKey(&state)
        let network = number(of: address(), &state)
        if let network, let maximumPerNetwork {
            guard state.networks[network, default: 0] < maximumPerNetwork else { return nil }
            state.networks[network, default: 0] += 1
        }
        state.next &+= 1
        state.connections[state.next] = Connection(address: address, network: network)
        return state.next
    }

    /// Replaces the key when its time is over. To be called every few seconds, also when nobody comes.
    package func renewKey() { state.withLock { renewKey(&$0) } }

    private func renewKey(_ state: inout State) {
        guard state.hash != nil, now() - state.since >= period else { return }
        state.hash = nil
        state.networks = [:]
        for (connection, entry) in state.connections where entry.network != nil {
            let network = number(of: entry.address(), &state)
            state.connections[connection]?.network = network
            if let network { state.networks[network, default: 0] += 1 }
        }
    }

    private func remove(_ connection: UInt64) {
        state.withLock { state in
            guard let network = state.connections.removeValue(forKey: connection)?.network else { return }
            let left = state.networks[network, default: 0] - 1
            state.networks[network] = left > 0 ? left : nil
            // Without a number there is nothing that a key could tell of.
            if state.networks.isEmpty { state.hash = nil }
        }
    }

    private func number(of address: SocketAddress?, _ state: inout State) -> UInt64? {
        guard maximumPerNetwork != nil, let address, let prefix = NetworkPrefix(address), !prefix.isLoopback else {
            return nil
        }
        if state.hash == nil { state.since = now() }
        let hash = state.hash ?? KeyedHash(period: period + .seconds(3_600))
        state.hash = hash
        return hash.number(of: prefix.bytes).current
    }
}
