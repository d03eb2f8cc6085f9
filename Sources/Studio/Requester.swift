/// Who asks, as far as fairness needs to know: a number that tells nothing about anybody and changes with time.
public struct Requester: Hashable, Sendable {
    private let token: UInt64

    /// Makes a requester of a keyed hash.
    public init(token: UInt64) { self.token = token }

    /// Whoever asks on this machine, without a network.
    public static let local = Requester(token: 0)
}
