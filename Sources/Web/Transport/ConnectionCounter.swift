package import NIOCore
internal import Privacy
internal import Synchronization

/// Counts open connections, all together and by network, and says when there is room for no more.
///
/// Networks are known by keyed hashes, and only as long as they have a connection.
package final class ConnectionCounter: Sendable {
    private struct Counts {
        var total = 0
        var networks: [UInt64: Int] = [:]
    }

    private let maximum: Int
    private let maximumPerNetwork: Int?
    private let counts = Mutex(Counts())
    // One key for as long as the server runs: a connection is taken off under the number that it was added under.
    private let hash = KeyedHash(period: .seconds(1 << 40))

    /// Counts up to a maximum.
    ///
    /// - Parameters:
    ///   - maximum: The most connections.
    ///   - maximumPerNetwork: The most of one network; nil where all come from one, such as a proxy's.
    package init(maximum: Int, perNetwork maximumPerNetwork: Int?) {
        self.maximum = maximum
        self.maximumPerNetwork = maximumPerNetwork
    }

    /// How many connections are open.
    package var total: Int { counts.withLock { $0.total } }

    /// Adds a connection, and returns what takes it off again; nil when there is no room for it.
    package func add(_ address: SocketAddress?) -> (@Sendable () -> Void)? {
        let network = maximumPerNetwork == nil ? nil : number(of: address)
        let hasRoom = counts.withLock { counts in
            guard counts.total < maximum else { return false }
            if let network, let maximumPerNetwork {
                guard counts.networks[network, default: 0] < maximumPerNetwork else { return false }
                counts.networks[network, default: 0] += 1
            }
            counts.total += 1
            return true
        }
        guard hasRoom else { return nil }
        return { self.remove(network) }
    }

    private func remove(_ network: UInt64?) {
        counts.withLock { counts in
            counts.total -= 1
            guard let network, let count = counts.networks[network] else { return }
            counts.networks[network] = count > 1 ? count - 1 : nil
        }
    }

    private func number(of address: SocketAddress?) -> UInt64? {
        guard let address, let prefix = NetworkPrefix(address), !prefix.isLoopback else { return nil }
        return hash.number(of: prefix.bytes).current
    }
}
