/// How much of each pixel of a drawing is the thing and not the ground, and the thing's own colour there.
///
/// At an edge a pixel's colour is c = αf + (1 - α)g, of the thing's colour f and the ground's g. The thing's colour is found by going
/// uphill, away from the ground's colour, until that no longer grows; then α is the best in least squares.
struct EdgeUnmixing: ~Copyable {
    /// How wide an edge may be, in 256ths of the picture's side.
    private static let widest = 9

    /// How much higher a pixel is than its neighbour where it goes uphill, of 255 a channel.
    private static let rise: Float = 1.5

    /// What is lower than so much of something beside it is on its slope.
    private static let foot: Float = 0.4

    private let width: Int
    private let height: Int
    private let ground: PlainGround
    /// How far a pixel is from the ground's colour; smoothed, so that noise has no summits.
    private let heights: Plane<Float>

    init(distances: borrowing Plane<Float>, ground: PlainGround) {
        width = distances.width
        height = distances.height
        self.ground = ground
        heights = distances.mean(radius: Self.radius(width, height))
    }

    private static func radius(_ width: Int, _ height: Int) -> Int { max(1, max(width, height) / 256) }

    /// Gives the pixels of edges their own colour and opacity, and the ground's none.
    ///
    /// - Parameters:
    ///   - cutout: The picture in four channels, opaque.
    ///   - region: Where the ground is.
    func apply(to cutout: UnsafeMutableBufferPointer<UInt8>, region: borrowing GroundRegion) {
        var slopes = slopes(region: region)
        // From the tops down: a pixel has the colour of what is uphill of it.
        slopes.sort { (heights[Int($0)], $0) > (heights[Int($1)], $1) }
        for index in slopes { unmix(Int(index), of: cutout, region: region) }
        for index in heights.indices where region.isGround(index) {
            for channel in 0..<4 { cutout[4 * index + channel] = 0 }
        }
        clearSpecks(of: cutout)
    }

    /// Clears small faint pieces that are left beside what is transparent, where slopes meet.
    private func clearSpecks(of cutout: UnsafeMutableBufferPointer<UInt8>) {
        let isSeen = Plane<Bool>(width: width, height: height, filledWith: false)
        let largest = width * height / 1_024
        func isFaint(_ index: Int) -> Bool {
            guard cutout[4 * index + 3] >= 64 else { return false }
            let color = SIMD3(
                Float(cutout[4 * index]), Float(cutout[4 * index + 1]), Float(cutout[4 * index + 2]))
            let difference = color - ground.color(at: index)
            return (difference * difference).sum() < ground.faintness * ground.faintness
        }
        for start in heights.indices where !isSeen[start] && isFaint(start) {
            var piece = [Int32(start)]
            isSeen[start] = true
            var next = 0
            var isAtEdge = false
            while next < piece.count {
                heights.forEachNeighbourAround(Int(piece[next])) { neighbour in
                    isAtEdge = isAtEdge || cutout[4 * neighbour + 3] < 64
                    guard !isSeen[neighbour], isFaint(neighbour) else { return }
                    isSeen[neighbour] = true
                    piece.append(Int32(neighbour))
                }
                next += 1
            }
            guard isAtEdge, piece.count <= largest else { continue }
            for index in piece.lazy.map({ Int($0) }) {
                for channel in 0..<4 { cutout[4 * index + channel] = 0 }
            }
        }
    }

    /// The pixels that are reached from the ground uphill.
    private func slopes(region: borrowing GroundRegion) -> [Int32] {
        let summits = heights.maximum(radius: 3 * Self.radius(width, height))
        let isReached = Plane<Bool>(width: width, height: height, filledWith: false)
        var front: [Int32] = []
        for index in heights.indices where region.isGround(index) {
            isReached[index] = true
            var isEdge = false
            heights.forEachNeighbourAround(index) { isEdge = isEdge || !region.isGround($0) }
            if isEdge { front.append(Int32(index)) }
        }
        var slopes: [Int32] = []
        for _ in 0..<max(3, max(width, height) * Self.widest / 256) where !front.isEmpty {
            var next: [Int32] = []
            for index in front.lazy.map({ Int($0) }) {
                heights.forEachNeighbourAround(index) { neighbour in
                    let height = heights[neighbour]
                    guard !isReached[neighbour],
                        height > heights[index] + Self.rise || height < Self.foot * summits[neighbour]
                    else { return }
                    isReached[neighbour] = true
                    next.append(Int32(neighbour))
                }
            }
            slopes += next
            front = next
        }
        takeFeet(to: &slopes, isReached: isReached)
        return slopes
    }

    /// Adds small faint pieces beside the slopes, such as lie between two of them.
    private func takeFeet(to slopes: inout [Int32], isReached: borrowing Plane<Bool>) {
        let isSeen = Plane<Bool>(width: width, height: height, filledWith: false)
        let largest = width * height / 512
        for start in heights.indices
        where !isReached[start] && !isSeen[start] && heights[start] < ground.faintness {
            var piece = [Int32(start)]
            isSeen[start] = true
            var next = 0
            var isBesideSlope = false
            while next < piece.count {
                let index = Int(piece[next])
                next += 1
                heights.forEachNeighbourAround(index) { neighbour in
                    isBesideSlope = isBesideSlope || isReached[neighbour]
                    guard !isReached[neighbour], !isSeen[neighbour], heights[neighbour] < ground.faintness else {
                        return
                    }
                    isSeen[neighbour] = true
                    piece.append(Int32(neighbour))
                }
            }
            if isBesideSlope, piece.count <= largest { slopes += piece }
        }
    }

    private func unmix(
        _ index: Int, of cutout: UnsafeMutableBufferPointer<UInt8>, region: borrowing GroundRegion
    ) {
        func color(_ index: Int) -> SIMD3<Float> {
            SIMD3(Float(cutout[4 * index]), Float(cutout[4 * index + 1]), Float(cutout[4 * index + 2]))
        }
        var sum = SIMD3<Float>()
        var weights: Float = 0
        heights.forEachNeighbourAround(index) { neighbour in
            let rise = heights[neighbour] - heights[index]
            guard rise > Self.rise, !region.isGround(neighbour) else { return }
            sum += color(neighbour) * rise
            weights += rise
        }
        guard weights > 0 else { return }
        let own = sum / weights
        let behind = ground.color(at: index)
        let span = own - behind
        let length = (span * span).sum()
        guard length > 1 else { return }
        let opacity = ((color(index) - behind) * span).sum() / length
        for channel in 0..<3 { cutout[4 * index + channel] = Self.byte(own[channel]) }
        cutout[4 * index + 3] = Self.byte(255 * opacity)
    }

    private static func byte(_ value: Float) -> UInt8 {
        value > 0 ? UInt8(exactly: min(255, value.rounded())) ?? 0 : 0
    }
}
