/// Where each pixel of a line reads from, when a line is made shorter by a cubic filter of four taps.
///
/// Keys's kernel with a = −0.75, not widened, edges continued: as the published ×2 and ×3 networks of realesr-animevideov3
/// bring down the ×4 one's result (ncnn's `Interp`, which is OpenCV's and PyTorch's bicubic interpolation).
struct BicubicReduction: Sendable {
    /// What a place of the new line is made of.
    struct Taps: Sendable {
        /// Places of the old line.
        let places: SIMD4<Int>

        /// What each of them counts.
        let weights: SIMD4<Float>
    }

    private let all: [Taps]

    /// - Parameters:
    ///   - old: Places in the old line.
    ///   - new: Places in the new line.
    ///   - places: The new places that are wanted; they are counted from the first of them on.
    init(from old: Int, to new: Int, places: Range<Int>) {
        all = places.map { place in
            // The place's middle, in halves of old places times the new line's length, and from there exact.
            let middle = (2 * place + 1) * old - new
            let floor = middle >= 0 ? middle / (2 * new) : -1
            let taps = SIMD4(floor - 1, floor, floor + 1, floor + 2)
            return Taps(
                places: taps.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: old - 1)),
                weights: Self.weights(at: Double(middle - floor * 2 * new) / Double(2 * new)))
        }
    }

    /// How many places are wanted.
    var count: Int { all.count }

    /// What one of them is made of.
    func taps(_ place: Int) -> Taps { all[place] }

    /// The weights of four places, where `x`, 0…1, is how far behind the second the middle is.
    private static func weights(at x: Double) -> SIMD4<Float> {
        let a = -0.75
        func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        let (first, second, third) = (far(1 + x), near(x), near(1 - x))
        return SIMD4(Float(first), Float(second), Float(third), Float(1 - first - second - third))
    }
}
