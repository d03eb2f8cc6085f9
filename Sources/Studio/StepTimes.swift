/// How long passes of the denoiser and decoding take, learnt from those that were made.
///
/// A time is a moving average that halves the weight of a measurement with every three later ones. The first of its
/// kind is replaced by the second, because it also pays for its memory.
package struct StepTimes: Sendable {
    private struct Kind: Hashable {
        let pixels: Int
        let evaluations: Int
    }

    private struct Average {
        var seconds: Double
        var count = 1

        mutating func add(_ measured: Double) {
            seconds = count == 1 ? measured : seconds + 0.2 * (measured - seconds)
            count += 1
        }
    }

    private var passes: [Kind: Average] = [:]
    private var decodings: [Int: Average] = [:]

    /// Knows nothing yet.
    package init() {}

    /// Learns how long a pass took.
    ///
    /// - Parameters:
    ///   - pixels: Pixels of one of its pictures.
    ///   - evaluations: How many samples the denoiser was given.
    package mutating func notePass(pixels: Int, evaluations: Int, seconds: Double) {
        let kind = Kind(pixels: pixels, evaluations: evaluations)
        if passes[kind]?.add(seconds) == nil { passes[kind] = Average(seconds: seconds) }
    }

    /// Learns how long the decoding of a picture took.
    package mutating func noteDecoding(pixels: Int, seconds: Double) {
        if decodings[pixels]?.add(seconds) == nil { decodings[pixels] = Average(seconds: seconds) }
    }

    /// How long such a pass takes, if enough of them were made to say.
    package func measuredPass(pixels: Int, evaluations: Int) -> Double? {
        guard let average = passes[Kind(pixels: pixels, evaluations: evaluations)], average.count > 1 else {
            return nil
        }
        return average.seconds
    }

    /// How long such a pass takes, from the most alike that was measured; nil before any was.
    package func pass(pixels: Int, evaluations: Int) -> Double? {
        let sameSize = passes.filter { $0.key.pixels == pixels }
        let nearest = (sameSize.isEmpty ? passes : sameSize).min {
            Self.difference($0.key, pixels, evaluations) < Self.difference($1.key, pixels, evaluations)
        }
        guard let nearest else { return nil }
        let work = Double(pixels * evaluations) / Double(nearest.key.pixels * nearest.key.evaluations)
        return nearest.value.seconds * work
    }

    /// How long the decoding of a picture takes; nil before any was measured.
    package func decoding(pixels: Int) -> Double? {
        guard let nearest = decodings.min(by: { abs($0.key - pixels) < abs($1.key - pixels) }) else { return nil }
        return nearest.value.seconds * Double(pixels) / Double(nearest.key)
    }

    /// How unlike a measured pass is: in size first, then in batch.
    private static func difference(_ kind: Kind, _ pixels: Int, _ evaluations: Int) -> (Int, Int) {
        (abs(kind.pixels - pixels), abs(kind.evaluations - evaluations))
    }
}
