import Synchronization

/// Counts the multiplications and additions of products, convolutions and attention as they are called for, convolutions
/// as if each were done directly. What a plan runs again is not counted again.
public final class WorkCounter: Sendable {
    private let multiplyAdds = Atomic(0)

    /// Multiplications and additions since the device was made.
    public var operations: Int { 2 * multiplyAdds.load(ordering: .relaxed) }

    func add(multiplyAdds count: Int) { multiplyAdds.add(count, ordering: .relaxed) }
}
