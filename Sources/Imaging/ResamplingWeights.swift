/// For every place of a resampled line, the places of the old line that it is made of, and their weights.
///
/// As in Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` (src/libImaging/Resample.c).
struct ResamplingWeights {
    /// The first old place of each new one.
    let first: [Int]

    /// The old places that any new one is made of.
    let span: Range<Int>

    /// The weights of all new places, one after another, in units of 2⁻²².
    private let weights: [Int32]
    private let starts: [Int]

    private static let precision = 22

    /// - Parameters:
    ///   - old: Places in the old line.
    ///   - new: Places in the new line.
    ///   - places: The new places that are wanted; they are counted from the first of them on.
    init(from old: Int, to new: Int, places: Range<Int>) {
        self.init(from: old, start: 0, scale: Double(old) / Double(new), places: places)
    }

    /// - Parameters:
    ///   - old: Places in the old line.
    ///   - start: Where the new line begins in the old one, in its places; may be before or behind it.
    ///   - scale: How many old places a new one stands for, above zero.
    ///   - places: The new places that are wanted. Beyond the old line, its ends are continued.
    ///   - filter: What weighs the old places.
    init(from old: Int, start: Double, scale: Double, places: Range<Int>, filter: ResamplingFilter = .lanczos) {
        let widening = max(scale, 1)
        let support = filter.support * widening
        var first: [Int] = []
        var weights: [Int32] = []
        var starts = [0]
        var end = 0
        for place in places {
            let center = min(max(start + (Double(place) + 0.5) * scale, 0), Double(old))
            let start = max(0, Int(center - support + 0.5))
            end = min(old, Int(center + support + 0.5))
            let values = (start..<max(start, end)).map { filter.weight((Double($0) - center + 0.5) / widening) }
            let sum = values.reduce(0, +)
            first.append(start)
            weights += values.map { value in
                let scaled = value / sum * Double(1 << Self.precision)
                return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
            }
            starts.append(weights.count)
        }
        self.first = first
        span = (first.first ?? 0)..<(places.isEmpty ? first.first ?? 0 : end)
        self.weights = weights
        self.starts = starts
    }

    /// The weights of one new place, for the old places from `first` on.
    subscript(place: Int) -> ArraySlice<Int32> { weights[starts[place]..<starts[place + 1]] }

    /// What a sum of weighted bytes starts from, so that ``byte(_:)`` rounds it.
    static var half: Int32 { 1 << Int32(precision - 1) }

    /// The byte that a sum of weighted bytes is.
    static func byte(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> Int32(precision)) }

}
