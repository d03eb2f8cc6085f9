/// A count as everybody may see it: in whole steps, each taken at a moment that nobody can foresee.
///
/// A step of ten is shown when the exact count has passed it by a secret number from 0 to 9 that is drawn anew for every
/// step. Who adds requests of their own until a step is taken learns nothing about how many it takes to the next, and who
/// sees a step taken knows the exact count no better than within ten. What is shown is never above the exact count, and
/// less than twenty below.
package struct CoarseCount: Sendable {
    /// The steps in which counts are shown.
    package static let step = 10

    /// What is shown: a multiple of ``step``.
    package private(set) var shown = 0

    private var threshold: UInt64

    /// Begins at zero.
    package init() { threshold = Self.threshold(above: 0) }

    /// Takes the steps that an exact count is good for.
    package mutating func follow(_ exact: UInt64) {
        // However far it has come: thresholds are a step apart on average.
        while exact >= threshold {
            shown += Self.step
            threshold = Self.threshold(above: shown)
        }
    }

    private static func threshold(above shown: Int) -> UInt64 {
        UInt64(shown + step) + UInt64.random(in: 0..<UInt64(step))
    }
}
