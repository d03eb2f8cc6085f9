/// The plain ground of a drawing: a colour that may change a little from side to side.
struct PlainGround {
    /// How much of the frame around a picture has to be of one colour.
    private static let leastShare = 0.4

    /// How far a pixel of the frame may be from the frame's median to count as ground, of 255 a channel.
    private static let farthest = 60.0

    /// What a pixel may differ from the ground and be ground: at least, at most, and in units of the frame's own spread.
    private static let tolerances = (least: 8.0, most: 48.0, spreads: 2.5)

    /// For each channel, the value in the middle, and how it changes to the right and down over half a side.
    private let planes: [(middle: Double, across: Double, down: Double)]

    /// How far a pixel may be from the ground's colour and still be ground, as ``distance(of:at:)`` counts.
    let tolerance: Float

    /// What is no farther from the ground's colour is faint: a stain, or the foot of an edge, where it is small.
    var faintness: Float { 2 * tolerance + 24 }

    private let width: Int
    private let height: Int

    /// Finds the ground of a picture of three channels in a frame along its sides; nil when that has no one colour.
    ///
    /// Medians find the colour, and least squares over the pixels that are of about that colour, twice, how it changes: things
    /// that reach the frame do not count.
    init?(of bytes: UnsafeBufferPointer<UInt8>, width: Int, height: Int) {
        self.width = width
        self.height = height
        let margin = max(1, min(width, height) / 42)
        let frame = (0..<width * height).filter { index in
            let (x, y) = (index % width, index / width)
            return x < margin || y < margin || x >= width - margin || y >= height - margin
        }
        let medians = (0..<3).map { channel in Self.median(of: frame.lazy.map { bytes[$0 * 3 + channel] }) }
        var planes: [(middle: Double, across: Double, down: Double)] = medians.map { (Double($0), 0, 0) }
        var limit = Self.farthest
        var spread = 0.0
        for _ in 0..<3 {
            var moments = [Double](repeating: 0, count: 6)
            var sums = [[Double]](repeating: [0, 0, 0], count: 3)
            var (count, squares) = (0, 0.0)
            for index in frame {
                let (x, y) = Self.place(index, width, height)
                var distance = 0.0
                for channel in 0..<3 {
                    let plane = planes[channel]
                    let difference =
                        Double(bytes[index * 3 + channel]) - plane.middle - plane.across * x - plane.down * y
                    distance += difference * difference
                }
                guard distance <= limit * limit else { continue }
                count += 1
                squares += distance
                for (moment, value) in [1, x, y, x * x, x * y, y * y].enumerated() { moments[moment] += value }
                for channel in 0..<3 {
                    let value = Double(bytes[index * 3 + channel])
                    sums[channel][0] += value
                    sums[channel][1] += value * x
                    sums[channel][2] += value * y
                }
            }
            guard Double(count) >= Self.leastShare * Double(frame.count) else { return nil }
            spread = (squares / Double(count)).squareRoot()
            limit = min(Self.farthest, 3 * spread + 6)
            for channel in 0..<3 {
                if let plane = Self.solve(moments, sums[channel]) { planes[channel] = plane }
            }
        }
        self.planes = planes
        let tolerance = Self.tolerances.spreads * spread + 4
        self.tolerance = Float(min(Self.tolerances.most, max(Self.tolerances.least, tolerance)))
    }

    /// The ground's red, green and blue at a pixel, of 255.
    func color(at index: Int) -> SIMD3<Float> {
        let (x, y) = Self.place(index, width, height)
        var color = SIMD3<Float>()
        for channel in 0..<3 {
            let plane = planes[channel]
            color[channel] = Float(min(255, max(0, plane.middle + plane.across * x + plane.down * y)))
        }
        return color
    }

    /// Whether it is white, or nearly.
    var isWhite: Bool { planes.allSatisfy { $0.middle > 235 } }

    /// Where a pixel is, from -1 to 1.
    private static func place(_ index: Int, _ width: Int, _ height: Int) -> (x: Double, y: Double) {
        (
            Double(2 * (index % width) + 1 - width) / Double(width),
            Double(2 * (index / width) + 1 - height) / Double(height)
        )
    }

    private static func median(of values: some Sequence<UInt8>) -> UInt8 {
        var counts = [Int](repeating: 0, count: 256)
        var total = 0
        for value in values {
            counts[Int(value)] += 1
            total += 1
        }
        var sum = 0
        for (value, count) in counts.enumerated() {
            sum += count
            if 2 * sum >= total { return UInt8(value) }
        }
        return 255
    }

    /// Solves the normal equations of a plane by Cramer's rule; nil where the places do not determine one.
    private static func solve(
        _ moments: [Double], _ sums: [Double]
    ) -> (middle: Double, across: Double, down: Double)? {
        let (n, x, y, xx, xy, yy) = (moments[0], moments[1], moments[2], moments[3], moments[4], moments[5])
        func determinant(_ a: [Double], _ b: [Double], _ c: [Double]) -> Double {
            a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1])
        }
        let (first, second, third) = ([n, x, y], [x, xx, xy], [y, xy, yy])
        let all = determinant(first, second, third)
        guard abs(all) > 1e-6 * n * n * n else { return nil }
        return (
            determinant(sums, second, third) / all, determinant(first, sums, third) / all,
            determinant(first, second, sums) / all
        )
    }
}
