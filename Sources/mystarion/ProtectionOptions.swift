import ArgumentParser
import Privacy

/// Which protections need not be in force.
struct ProtectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Start although this protection is not in force. Repeatable.", valueName: "protection"),
        transform: protection(named:))
    var waive: [Protection] = []
}

private func protection(named name: String) throws -> Protection {
    guard let protection = Protection(rawValue: name) else {
        let known = Protection.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("there is no such protection; there are \(known)")
    }
    return protection
}

extension [ProtectionStatus] {
    /// Throws unless every protection is in force or waived.
    func requireAll() throws {
        let failed = compactMap { status in
            if case .failed(let reason) = status.state { (status.protection, reason) } else { nil }
        }
        guard !failed.isEmpty else { return }
        let list = failed.map { "  \($0.rawValue): \($0.summary). Not in force: \($1)." }.joined(separator: "\n")
        let waivers = failed.map { "--waive \($0.0.rawValue)" }.joined(separator: " ")
        throw Failure(
            .unavailable,
            """
            not every protection can be put in force here, so nothing was started:
            \(list)
            To start without them, and to answer for that, add: \(waivers)
            """)
    }

    /// A table: the protection, how it stands, what it does.
    var table: [String] {
        map { status in
            let state =
                switch status.state {
                case .inForce(let detail): detail.map { "in force (\($0))" } ?? "in force"
                case .waived: "WAIVED"
                case .failed(let reason): "NOT IN FORCE: \(reason)"
                }
            return status.protection.rawValue.padded(to: 20) + status.protection.summary.padded(to: 70) + state
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
