/// Metrics as Prometheus reads them, in its text format 0.0.4.
///
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
public struct Exposition: Sendable {
    /// The format's media type.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// What was added, a line each.
    public private(set) var text = ""

    /// Begins without metrics.
    public init() {}

    /// Adds all of a family's numbers as they are now.
    public mutating func add<Key, Member>(_ family: Family<Key, Member>) { family.write(to: &self) }

    mutating func begin(name: String, help: String, type: MetricType) {
        text += "# HELP \(name) \(escaped(help))\n# TYPE \(name) \(type.rawValue)\n"
    }

    mutating func add(_ sample: Sample, of name: String, labels: [(name: String, value: String)]) {
        var labels = labels
        if let bound = sample.bound { labels.append(("le", number(bound))) }
        let list = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        text += "\(name)\(sample.suffix)\(list.isEmpty ? "" : "{\(list)}") \(number(sample.value))\n"
    }

    private func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value.isNaN { return "NaN" }
        // Whole numbers are shorter, and exact, without the fraction that Swift writes.
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private func escaped(_ text: String, quotes: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
