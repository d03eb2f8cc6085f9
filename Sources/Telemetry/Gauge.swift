import Synchronization

/// A number that goes up and down.
public final class Gauge: Metric {
    /// What Prometheus calls it.
    public static let type = MetricType.gauge

    private let bits = Atomic<UInt64>(0)

    /// Begins at zero.
    public init() {}

    /// The number.
    public var value: Double {
        get { Double(bitPattern: bits.load(ordering: .relaxed)) }
        set { bits.store(newValue.bitPattern, ordering: .relaxed) }
    }

    /// The number, as the only sample.
    public var samples: [Sample] { [Sample(value: value)] }
}
