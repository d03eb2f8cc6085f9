/// How much of each pixel of a drawing is the thing and not the ground, and the thing's own colour there.
///
/// At an edge a pixel's colour c is αf + (1 - α)g, of the thing's colour f and the ground's g. The thing's colour is found by going
/// uphill from the ground, away from its colour, until that no longer grows; then α is the closest in least squares.
struct EdgeUnmixing: ~Copyable {
    /// How wide an edge may be, as a share of the picture's side.
    private static let widest = 0.035

    /// The opacity of each pixel, from 0 to 1.
    let opacity: Plane<Float>

    /// The thing's own colour at each pixel of an edge and around it; elsewhere the picture's.
    let color: Plane<SIMD3<Float>>

    init(
        _ picture: borrowing Plane<SIMD3<Float>>, ground: PlainGround, region: borrowing GroundRegion,
        distances: borrowing Plane<Float>
    ) {
        let (width, height) = (picture.width, picture.height)
        opacity = Plane(width: width, height: height, filledWith: 1)
        color = Plane(width: width, height: height, filledWith: SIMD3())
        for index in picture.indices { color[index] = picture[index] }

        // Of noise, an edge is as good as free when it has been smoothed.
        let heights = Plane<Float>(width: width, height: height, filledWith: 0)
        let radius = max(1, max(width, height) / 256)
        Self.smooth(distances, radius: radius, to: heights)
        let summits = Plane<Float>(width: width, height: height, filledWith: 0)
        Self.dilate(heights, radius: 3 * radius, to: summits)

        // Uphill from the ground, step by step; what is low beside something high is a part of its slope.
        let band = Plane<UInt8>(width: width, height: height, filledWith: 0)
        var front = picture.indices.filter { region.isGround($0) }
        for index in front {
            band[index] = 1
            opacity[index] = 0
        }
        var slopes: [Int] = []
        let reach = max(3, Int((Double(max(width, height)) * Self.widest).rounded()))
        for _ in 0..<reach {
            var next: [Int] = []
            for index in front {
                picture.forEachNeighbourAround(index) { neighbour in
                    guard band[neighbour] == 0,
                        heights[neighbour] > heights[index] + 0.5 || heights[neighbour] < 0.4 * summits[neighbour]
                    else { return }
                    band[neighbour] = 2
                    next.append(neighbour)
                }
            }
            slopes += next
            front = next
        }

        // From the tops down: a pixel has the colour of what is uphill of it.
        slopes.sort { (heights[$0], $0) > (heights[$1], $1) }
        for index in slopes {
            var sum = SIMD3<Float>()
            var weights: Float = 0
            picture.forEachNeighbourAround(index) { neighbour in
                let rise = heights[neighbour] - heights[index]
                guard rise > 0.5, !region.isGround(neighbour) else { return }
                sum += color[neighbour] * rise
                weights += rise
            }
            guard weights > 0 else { continue }
            let own = sum / weights
            let behind = ground.color(at: index)
            let span = own - behind
            let length = (span * span).sum()
            guard length > 1 else { continue }
            let share = ((picture[index] - behind) * span).sum() / length
            opacity[index] = min(1, max(0, share))
            color[index] = own
        }
    }

    /// The means over squares of `2 * radius + 1` pixels a side, edges continued.
    private static func smooth(_ source: borrowing Plane<Float>, radius: Int, to target: borrowing Plane<Float>) {
        filter(source, radius: radius, to: target) { values in values.reduce(0, +) / Float(values.count) }
    }

    /// The greatest numbers in squares of `2 * radius + 1` pixels a side.
    private static func dilate(_ source: borrowing Plane<Float>, radius: Int, to target: borrowing Plane<Float>) {
        filter(source, radius: radius, to: target) { values in values.reduce(0, max) }
    }

    private static func filter(
        _ source: borrowing Plane<Float>, radius: Int, to target: borrowing Plane<Float>,
        _ body: (ArraySlice<Float>) -> Float
    ) {
        let (width, height) = (source.width, source.height)
        for y in 0..<height {
            let row = (0..<width).map { source[y * width + $0] }
            for x in 0..<width { target[y * width + x] = body(row[max(0, x - radius)...min(width - 1, x + radius)]) }
        }
        for x in 0..<width {
            let column = (0..<height).map { target[$0 * width + x] }
            for y in 0..<height { target[y * width + x] = body(column[max(0, y - radius)...min(height - 1, y + radius)]) }
        }
    }
}
