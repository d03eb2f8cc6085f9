/// How many pictures should share a pass.
package enum BatchSize {
    /// By how much a larger batch has to be better.
    package static let worthwhileGain = 0.05

    /// The batches that are tried: 1, 2, 4 and so on, and the largest that is allowed.
    package static func candidates(upTo maximum: Int) -> [Int] {
        Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < maximum }) + [maximum]
    }

    /// The batch that takes the least time for a picture, given how long passes take.
    ///
    /// A larger batch has to be better than every smaller one by ``worthwhileGain``.
    ///
    /// - Parameter seconds: How long a pass over so many pictures takes; nil where nobody knows. That is tried if the
    ///   batch before it was worth it.
    package static func best(upTo maximum: Int, seconds: (Int) -> Double?) -> Int {
        var best = (batch: 1, seconds: Double.infinity)
        var isGaining = true
        for batch in candidates(upTo: maximum) {
            guard let total = seconds(batch) else {
                if isGaining { return batch }
                continue
            }
            let perPicture = total / Double(batch)
            isGaining = perPicture <= best.seconds * (1 - worthwhileGain)
            if isGaining { best = (batch, perPicture) }
        }
        return best.batch
    }
}
