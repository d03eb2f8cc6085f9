/// A token bucket: it holds a minute's worth, fills steadily, and lets through whoever finds enough in it.
///
/// What costs more than the bucket holds is let through when it is full, and leaves a debt.
package struct TokenBucket: Sendable {
    /// The most that it holds.
    package let capacity: Double

    private var balance: Double
    private var updated: Duration

    /// A full bucket.
    package init(perMinute: Int, at now: Duration) {
        capacity = Double(perMinute)
        balance = capacity
        updated = now
    }

    /// Takes the cost when there is enough; else takes nothing and returns the seconds until there is.
    package mutating func take(_ cost: Double, at now: Duration) -> Double? {
        balance = content(at: now)
        updated = max(now, updated)
        let missing = min(cost, capacity) - balance
        // A tolerance for the rounding of many small refills.
        guard missing > capacity * 1e-9 else {
            balance -= cost
            return nil
        }
        return missing / perSecond
    }

    /// What is in it; less than nothing while there is a debt.
    package func content(at now: Duration) -> Double {
        min(capacity, balance + max(0, (now - updated) / .seconds(1)) * perSecond)
    }

    /// The seconds until it is full.
    package func secondsUntilFull(at now: Duration) -> Double { (capacity - content(at: now)) / perSecond }

    private var perSecond: Double { capacity / 60 }
}
