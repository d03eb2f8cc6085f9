/// What there has to be room for before a request is taken.
struct Admission: Sendable {
    /// The most requests that wait or are worked on.
    let maximumRequests: Int

    /// The most seconds of work that may be before a request.
    let maximumSeconds: Double

    /// How much of the room that is left one requester may hold.
    let requesterShare: Double

    /// The memory that requests share.
    let budget: MemoryBudget

    /// Throws ``StudioError/queueFull(retryAfter:)`` when there is no room for one more request.
    ///
    /// - Parameters:
    ///   - demand: What it asks.
    ///   - seconds: How long it will take by itself, if that is known.
    ///   - present: Those that wait or are worked on, each with the seconds it will still take.
    func check(
        _ demand: Demand, seconds: Double?, besides present: [(demand: Demand, seconds: Double?)]
    ) throws(StudioError) {
        let before = present.reduce(0) { $0 + ($1.seconds ?? 0) }
        guard present.count < maximumRequests,
            holdsFairShare(demand.requester, of: present.map(\.demand.requester)),
            budget.hasRoom(for: demand.memory, besides: present.lazy.map(\.demand.memory))
        else {
            // On average, one of those present is done after this time.
            throw .queueFull(retryAfter: Self.retryAfter(before > 0 ? before / Double(present.count) : 10))
        }
        let excess = before + (seconds ?? 0) - maximumSeconds
        guard present.isEmpty || excess <= 0 else { throw .queueFull(retryAfter: Self.retryAfter(excess)) }
    }

    private func holdsFairShare(_ requester: Requester, of present: [Requester]) -> Bool {
        if requester == .local { return true }
        let held = present.count { $0 == requester }
        // Whoever holds nothing may have the last place.
        if held == 0 { return true }
        // Whoever is alone leaves a quarter for others to come.
        if held == present.count { return held < maximumRequests - maximumRequests / 4 }
        return Double(held) < requesterShare * Double(maximumRequests - present.count)
    }

    private static func retryAfter(_ seconds: Double) -> Int { Int(min(max(seconds.rounded(.up), 1), 3_600)) }
}
