import Synchronization

/// How often something happened since the start.
public final class Counter: Metric {
    /// What Prometheus calls it.
    public static let type = MetricType.counter

    private let count = Atomic<UInt64>(0)

    /// Begins at zero.
    public init() {}

    /// The count.
    public var value: UInt64 { count.load(ordering: .relaxed) }

    /// Counts `amount` more.
    public func add(_ amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    /// The count, as the only sample.
    public var samples: [Sample] { [Sample(value: Double(value))] }
}
