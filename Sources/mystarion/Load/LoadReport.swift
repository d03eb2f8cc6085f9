import Foundation

/// What a load test measured.
struct LoadReport {
    /// Values in order, to read percentiles from.
    struct Distribution {
        private let sorted: [Double]

        init(_ values: [Double]) { sorted = values.sorted() }

        /// The value that so many of a hundred are at most (nearest rank); 0 when there is none.
        func percentile(_ percent: Int) -> Double {
            guard !sorted.isEmpty else { return 0 }
            return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
        }
    }

    private static let percents = [50, 95, 99]

    let clients: Int
    let seconds: Double
    let completed: Int
    let firstEvents: Distribution
    let ends: Distribution
    /// How many requests failed, by kind.
    let errors: [String: Int]

    init(clients: Int, seconds: Double, outcomes: [LoadOutcome]) {
        var (firstEvents, ends): ([Double], [Double]) = ([], [])
        var errors: [String: Int] = [:]
        for outcome in outcomes {
            switch outcome {
            case .done(let firstEvent, let end):
                firstEvents.append(firstEvent)
                ends.append(end)
            case .failed(let kind): errors[kind, default: 0] += 1
            }
        }
        self.clients = clients
        self.seconds = seconds
        completed = ends.count
        self.firstEvents = Distribution(firstEvents)
        self.ends = Distribution(ends)
        self.errors = errors
    }

    /// Completed requests a second.
    var throughput: Double { Double(completed) / seconds }

    /// The report as people read it.
    var table: String {
        func times(_ distribution: Distribution) -> String {
            Self.percents.map { String(format: "p%d %.3f s", $0, distribution.percentile($0)) }.joined(separator: "  ")
        }
        var rows = [
            ("clients", "\(clients)"),
            ("completed", "\(completed) in \(String(format: "%.2f s", seconds))"),
            ("throughput", String(format: "%.2f a second", throughput)),
            ("first event", times(firstEvents)),
            ("done", times(ends)),
        ]
        rows += errors.sorted { $0.key < $1.key }.map { ("failed: \($0.key)", "\($0.value)") }
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.map { $0.0.padding(toLength: width, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
    }

    /// The report as programs read it; times are in milliseconds.
    var json: String {
        get throws {
            func times(_ distribution: Distribution) -> [String: Double] {
                Dictionary(
                    uniqueKeysWithValues: Self.percents.map { percent in
                        ("p\(percent)", (distribution.percentile(percent) * 1_000_000).rounded() / 1000)
                    })
            }
            let object: [String: Any] = [
                "clients": clients, "completed": completed, "seconds": (seconds * 1000).rounded() / 1000,
                "per_second": (throughput * 1000).rounded() / 1000, "first_event_ms": times(firstEvents),
                "done_ms": times(ends), "errors": errors,
            ]
            let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
            return String(decoding: data, as: UTF8.self)
        }
    }
}
