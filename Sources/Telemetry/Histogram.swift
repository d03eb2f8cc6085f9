import Synchronization

/// How measured values are spread: how many are at most each of a few bounds, and their sum.
public final class Histogram: Metric {
    /// What Prometheus calls it.
    public static let type = MetricType.histogram

    /// The bounds of a histogram, in ascending order; beyond the last, everything is one bucket.
    public struct Bounds: Sendable {
        let values: [Double]

        /// Seconds, from one millisecond to ten minutes.
        public static let seconds = Bounds([
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
        ])

        /// Small whole numbers, doubling from 1 to 64.
        public static let sizes = Bounds([1, 2, 4, 8, 16, 32, 64])

        /// Makes bounds of numbers in ascending order.
        public init(_ values: [Double]) {
            precondition(zip(values, values.dropFirst()).allSatisfy { $0 < $1 }, "bounds must ascend")
            self.values = values
        }
    }

    private struct State {
        /// How many values fell between a bound and the one before it; one more than there are bounds.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// Begins empty.
    public init(_ bounds: Bounds) {
        self.bounds = bounds.values
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.values.count + 1)))
    }

    /// Counts a value; what is no number is left out.
    public func record(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Counts a time, in seconds.
    public func record(_ duration: Duration) { record(duration / .seconds(1)) }

    /// How many values were counted.
    public var count: UInt64 { state.withLock { $0.counts.reduce(0, +) } }

    /// The least bound that a share of all values, from 0 to 1, stays within; nil without values, and where that is no
    /// finite bound.
    public func bound(ofShare share: Double) -> Double? {
        let counts = state.withLock { $0.counts }
        let all = counts.reduce(0, +)
        guard all > 0 else { return nil }
        var within: UInt64 = 0
        for (bound, count) in zip(bounds, counts) {
            within += count
            if Double(within) >= Double(all) * share { return bound }
        }
        return nil
    }

    /// Cumulative counts by bound, the sum, and the count.
    public var samples: [Sample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var samples: [Sample] = []
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            samples.append(Sample(suffix: "_bucket", bound: bound, value: Double(total)))
        }
        samples.append(Sample(suffix: "_sum", value: sum))
        samples.append(Sample(suffix: "_count", value: Double(total)))
        return samples
    }
}
