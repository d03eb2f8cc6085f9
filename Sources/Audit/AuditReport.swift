import Foundation

/// What an audit looked at and what it found.
public struct AuditReport: Sendable, Encodable {
    /// How one row of the table came out.
    public enum Result: String, Sendable, Encodable {
        /// It was looked at, and all is well.
        case clean = "clean"
        /// Something is there that must not be, or something is not in force.
        case found = "FOUND"
        /// It could not be looked at, or not all of it.
        case notChecked = "not checked"
    }

    /// One place, or one protection.
    public struct Row: Sendable, Encodable {
        /// What it is about.
        public let place: String
        /// How much was looked at.
        public let lookedAt: String
        /// How it came out.
        public let result: Result
        /// That in a sentence.
        public let sentence: String
        /// What was found, at most a hundred things.
        public var findings: [Finding] = []

        enum CodingKeys: String, CodingKey {
            case place, result, sentence, findings
            case lookedAt = "looked_at"
        }
    }

    /// The rows in the order that they were looked at.
    public internal(set) var rows: [Row] = []

    /// The worst of all rows: found, then not checked.
    public var result: Result {
        if rows.contains(where: { $0.result == .found }) { return .found }
        return rows.contains { $0.result == .notChecked } ? .notChecked : .clean
    }

    enum CodingKeys: String, CodingKey { case rows, result }

    /// Writes the rows and what they amount to.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(result, forKey: .result)
        try container.encode(rows, forKey: .rows)
    }

    /// The report as programs read it.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// The report as people read it.
    public var table: String {
        var lines: [String] = []
        let places = rows.map(\.place.count).max() ?? 0
        let amounts = rows.map(\.lookedAt.count).max() ?? 0
        for row in rows {
            let place = row.place.padding(toLength: places, withPad: " ", startingAt: 0)
            let amount = row.lookedAt.padding(toLength: amounts, withPad: " ", startingAt: 0)
            let result = row.result.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0)
            lines.append("\(place)  \(amount)  \(result)  \(row.sentence)")
            for finding in row.findings.prefix(20) {
                lines.append(
                    "    \(finding.count) × \(finding.form.rawValue), of \(finding.canary), in \(finding.place)")
            }
            if row.findings.count > 20 { lines.append("    and \(row.findings.count - 20) more kinds") }
        }
        return (lines + ["", verdict]).joined(separator: "\n")
    }

    private var verdict: String {
        switch result {
        case .clean: "Clean: nothing was found that must not be there."
        case .found: "NOT CLEAN: see the rows that say FOUND."
        case .notChecked: "Incomplete: what was looked at is clean, but not everything could be looked at."
        }
    }

    /// Adds the outcome of a search.
    mutating func add(
        _ place: String, _ search: Search, lookedAt: String, problems: [String] = [], clean: String, found: String
    ) {
        let result: Result = search.findings.isEmpty ? problems.isEmpty ? .clean : .notChecked : .found
        let sentence =
            switch result {
            case .clean: clean
            case .found: found
            case .notChecked: "Clean as far as could be seen; not looked at: \(problems.joined(separator: "; "))."
            }
        rows.append(
            Row(
                place: place, lookedAt: lookedAt, result: result, sentence: sentence,
                findings: Array(search.findings.prefix(100))))
    }

    /// Adds a row without a search.
    mutating func add(_ place: String, lookedAt: String, _ result: Result, _ sentence: String) {
        rows.append(Row(place: place, lookedAt: lookedAt, result: result, sentence: sentence))
    }
}
