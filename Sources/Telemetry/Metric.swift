/// What Prometheus calls the kinds of metrics.
public enum MetricType: String, Sendable {
    /// A number that only grows.
    case counter
    /// A number that goes up and down.
    case gauge
    /// Counts of values by bounds.
    case histogram
}

/// Something that is measured, in one series or, as histograms are, in several that belong together.
public protocol Metric: AnyObject, Sendable {
    /// Which kind it is.
    static var type: MetricType { get }

    /// Its numbers at this moment.
    var samples: [Sample] { get }
}

/// One number of a metric.
public struct Sample: Sendable, Equatable {
    /// What follows the family's name.
    public var suffix = ""

    /// The bucket's upper bound, for histograms' buckets.
    public var bound: Double?

    /// The number.
    public var value: Double
}
