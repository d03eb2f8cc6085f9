/// How many bytes have come in the last second or two. What came before does not count, however much it was.
struct RecentRate: Sendable {
    private static let window = Duration.seconds(1)

    private var start: Duration
    private var bytes = (before: 0.0, now: 0.0)

    init(at now: Duration) { start = now }

    /// Notes bytes that have come.
    mutating func add(_ count: Int, at now: Duration) {
        roll(to: now)
        bytes.now += Double(count)
    }

    /// About how many bytes have come in the last two windows.
    func recentBytes(at now: Duration) -> Double {
        var rate = self
        rate.roll(to: now)
        let part = max(0, min(1, (now - rate.start) / Self.window))
        return rate.bytes.now + rate.bytes.before * (1 - part)
    }

    private mutating func roll(to now: Duration) {
        let passed = (now - start) / Self.window
        guard passed >= 1 else { return }
        bytes = (before: passed < 2 ? bytes.now : 0, now: 0)
        start = now
    }
}
