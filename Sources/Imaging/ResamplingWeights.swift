import Foundation

/// For every place of a resampled line, the places of the old line that it is made of, and their weights.
///
/// As in Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` (src/libImaging/Resample.c).
struct ResamplingWeights {
    /// The first old place of each new one.
    let first: [Int]

    /// The weights of each new place, in units of 2⁻²².
    let weights: [[Int32]]

    private static let precision = 22

    init(from old: Int, to new: Int) {
        let scale = Double(old) / Double(new)
        let widening = max(scale, 1)
        let support = 3 * widening
        var first: [Int] = []
        var weights: [[Int32]] = []
        for place in 0..<new {
            let center = (Double(place) + 0.5) * scale
            let start = max(0, Int(center - support + 0.5))
            let end = min(old, Int(center + support + 0.5))
            let values = (start..<end).map { Self.lanczos((Double($0) - center + 0.5) / widening) }
            let sum = values.reduce(0, +)
            first.append(start)
            weights.append(
                values.map { value in
                    let scaled = value / sum * Double(1 << Self.precision)
                    return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
                })
        }
        self.first = first
        self.weights = weights
    }

    /// The weighted sum for one new place, of old values `stride` apart.
    func sum(_ place: Int, _ source: Span<UInt8>, first: Int, stride: Int) -> UInt8 {
        var sum = Int32(1) << Int32(Self.precision - 1)
        var index = first
        for weight in weights[place] {
            sum &+= weight &* Int32(source[index])
            index += stride
        }
        return UInt8(clamping: sum >> Int32(Self.precision))
    }

    private static func lanczos(_ x: Double) -> Double {
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
        return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
}
