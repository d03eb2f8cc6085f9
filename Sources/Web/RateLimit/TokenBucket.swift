/// A token bucket: it holds a minute's worth, fills steadily, and lets a request through that finds enough in it.
///
/// What costs more than the bucket holds is let through when it is full, and empties it. So there is no debt, and no
/// wait is longer than the minute in which an empty bucket fills.
package struct TokenBucket: Sendable {
    /// The most that it holds.
    package let capacity: Double

    private var balance: Double
    private var updated: Duration

    /// A full bucket.
    package init(perMinute: Int, at now: Duration) {
        capacity = Double(max(1, perMinute))
        balance = capacity
        updated = now
    }

    /// Takes the cost when there is enough; else takes nothing and returns the seconds until there is.
    package mutating func take(_ cost: Double, at now: Duration) -> Double? {
        if let seconds = secondsUntil(cost, at: now) { return seconds }
        set(content(at: now) - bounded(cost), at: now)
        return nil
    }

    /// Gives back what was taken for nothing.
    package mutating func give(back cost: Double, at now: Duration) {
        set(content(at: now) + bounded(cost), at: now)
    }

    /// The seconds until there is enough for a cost; nil when there is.
    package func secondsUntil(_ cost: Double, at now: Duration) -> Double? {
        let missing = bounded(cost) - content(at: now)
        // A tolerance for the rounding of many small refills.
        return missing > capacity * 1e-9 ? missing / perSecond : nil
    }

    /// What is in it.
    package func content(at now: Duration) -> Double {
        min(capacity, balance + max(0, (now - updated) / .seconds(1)) * perSecond)
    }

    /// The seconds until it is full.
    package func secondsUntilFull(at now: Duration) -> Double { (capacity - content(at: now)) / perSecond }

    private var perSecond: Double { capacity / 60 }

    /// What a cost takes: no more than there can be, whatever number it is.
    private func bounded(_ cost: Double) -> Double { cost.isNaN ? capacity : min(max(0, cost), capacity) }

    private mutating func set(_ content: Double, at now: Duration) {
        balance = min(max(0, content), capacity)
        updated = max(now, updated)
    }
}
