import Privacy

extension ProcessProtections {
    /// Puts the protections in force; throws unless every one is, or is waived.
    func enforceAll() throws -> [ProtectionStatus] {
        let statuses = try enforceOrFail()
        try statuses.requireAll()
        return statuses
    }

    /// Puts the protections in force as far as they can be.
    func enforceOrFail() throws -> [ProtectionStatus] {
        do {
            return try enforce()
        } catch {
            throw Failure(.noPermission, "the process cannot become the user that is named: \(error.reason).")
        }
    }
}

extension [ProtectionStatus] {
    /// Throws unless every protection is in force or waived.
    func requireAll() throws {
        let failed = compactMap { status in
            if case .failed(let reason) = status.state { (status.protection, reason) } else { nil }
        }
        guard !failed.isEmpty else { return }
        let list = failed.map { "  \($0.rawValue): \($0.summary). Not in force: \($1)." }.joined(separator: "\n")
        let waivers = failed.map(\.0.rawValue).joined(separator: ",")
        throw Failure(
            .unavailable,
            """
            not every protection can be put in force here, so nothing was started:
            \(list)
            To start without them, and to answer for that, add: --waive \(waivers)
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
