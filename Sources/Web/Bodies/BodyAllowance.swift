internal import NIOCore
internal import Privacy

/// Memory for the body of one request, out of that of all.
struct BodyAllowance: Sendable {
    /// As much as the body has.
    static let unlimited = BodyAllowance()

    private let budget: BodyBudget?
    private let origin: BodyBudget.Origin
    private let channel: (any Channel)?

    private init() {
        budget = nil
        origin = BodyBudget.Origin()
        channel = nil
    }

    /// An allowance for the request that comes on a connection or stream.
    ///
    /// - Parameters:
    ///   - budget: The memory of all bodies.
    ///   - network: The number of the network that the request comes from.
    ///   - channel: What it comes on.
    ///   - sharesConnection: Whether requests of several networks come on one connection, as from a proxy.
    init(_ budget: BodyBudget, network: KeyedHash.Number?, channel: any Channel, sharesConnection: Bool) {
        self.budget = budget
        self.channel = channel
        origin = BodyBudget.Origin(
            network: network, connection: sharesConnection ? nil : ObjectIdentifier(channel.parent ?? channel))
    }

    /// An account for the body; nil where nothing is counted.
    func open() -> BodyLease? {
        guard let budget, let channel else { return nil }
        // A body of which nothing comes is waited for somewhere: the connection has to end the wait.
        return budget.lease(origin) { refusal in channel.pipeline.fireUserInboundEventTriggered(refusal) }
    }
}
