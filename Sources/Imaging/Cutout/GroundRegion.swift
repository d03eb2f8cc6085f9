/// Which pixels of a drawing are ground.
///
/// Ground is what has its colour and is connected with the frame, but not through gaps that are narrower than an outline: a
/// white body whose outline has a hole stays. What is enclosed is ground as well where ``EnclosedPart`` is a hole.
struct GroundRegion: ~Copyable {
    /// What a pixel is.
    private enum Kind {
        static let thing: UInt8 = 0
        /// It has the ground's colour, and nothing more is known.
        static let alike: UInt8 = 1
        static let ground: UInt8 = 2
        static let seen: UInt8 = 3
    }

    private let kinds: Plane<UInt8>
    private let side: Int

    /// Whether a pixel is ground.
    func isGround(_ index: Int) -> Bool { kinds[index] == Kind.ground }

    /// - Parameters:
    ///   - distances: How far each pixel is from the ground's colour.
    ///   - ground: The ground. Things are not of its colour if that is not white: then all that looks like it is a hole.
    init(distances: borrowing Plane<Float>, ground: PlainGround) {
        kinds = Plane(width: distances.width, height: distances.height, filledWith: Kind.thing)
        side = max(distances.width, distances.height)
        for index in kinds.indices where distances[index] <= ground.tolerance { kinds[index] = Kind.alike }
        floodFromFrame(gap: UInt16(max(1, side / 96)))
        takeFaintSpots(distances: distances, limit: ground.faintness)
        let difference = groundDifference(distances) / ground.tolerance
        for part in enclosedParts(distances: distances, tolerance: ground.tolerance)
        where !ground.isWhite || part.isHole(side: side, groundDifference: difference) {
            for index in part.pixels { kinds[Int(index)] = Kind.ground }
        }
    }

    /// Finds the ground that is reached from the frame through what is everywhere wider than twice `gap`.
    private func floodFromFrame(gap: UInt16) {
        // How many steps it is to the next thing: within `gap` of one, nothing flows.
        let room = steps(upTo: gap, from: { kinds[$0] == Kind.thing }, through: { _ in true })
        let (width, height) = (kinds.width, kinds.height)
        let frame =
            [0, height - 1].flatMap { y in (0..<width).map { y * width + $0 } }
            + [0, width - 1].flatMap { x in (0..<height).map { $0 * width + x } }
        var front: [Int32] = []
        func take(_ index: Int) {
            guard kinds[index] == Kind.alike, room[index] > gap else { return }
            kinds[index] = Kind.ground
            front.append(Int32(index))
        }
        frame.forEach(take)
        while let index = front.popLast() { kinds.forEachNeighbour(of: Int(index), take) }
        // And back to the things' edges.
        let reach = steps(
            upTo: gap + 2, from: { kinds[$0] == Kind.ground }, through: { kinds[$0] != Kind.thing })
        for index in kinds.indices where reach[index] <= gap + 2 && kinds[index] == Kind.alike {
            kinds[index] = Kind.ground
        }
    }

    /// How many steps a pixel is from the next of some, as far as they lead through others; more than `most` count as the
    /// largest number.
    private func steps(
        upTo most: UInt16, from isSource: (Int) -> Bool, through isOpen: (Int) -> Bool
    ) -> Plane<UInt16> {
        let steps = Plane<UInt16>(width: kinds.width, height: kinds.height, filledWith: .max)
        for index in kinds.indices where isSource(index) { steps[index] = 0 }
        var front: [Int32] = []
        for index in kinds.indices where steps[index] == 0 {
            var isEdge = false
            kinds.forEachNeighbourAround(index) { isEdge = isEdge || steps[$0] != 0 }
            if isEdge { front.append(Int32(index)) }
        }
        var step: UInt16 = 0
        while !front.isEmpty, step < most {
            step += 1
            var next: [Int32] = []
            for index in front {
                kinds.forEachNeighbourAround(Int(index)) { neighbour in
                    guard steps[neighbour] == .max, isOpen(neighbour) else { return }
                    steps[neighbour] = step
                    next.append(Int32(neighbour))
                }
            }
            front = next
        }
        return steps
    }

    /// Takes for what is around it what differs from the ground too little, and is too small, to be a thing: stains of the
    /// decoder; and what is tiny and at the frame.
    private func takeFaintSpots(distances: borrowing Plane<Float>, limit: Float) {
        let seen = Plane<Bool>(width: kinds.width, height: kinds.height, filledWith: false)
        let largest = kinds.width * kinds.height / 64
        for start in kinds.indices where kinds[start] == Kind.thing && !seen[start] {
            var spot = [Int32(start)]
            seen[start] = true
            var (isFaint, isOnGround, isOnFrame) = (true, false, false)
            var next = 0
            while next < spot.count {
                let index = Int(spot[next])
                next += 1
                isFaint = isFaint && distances[index] < limit
                isOnFrame = isOnFrame || index < kinds.width || index >= kinds.indices.count - kinds.width
                isOnFrame = isOnFrame || index % kinds.width == 0 || (index + 1) % kinds.width == 0
                kinds.forEachNeighbourAround(index) { neighbour in
                    isOnGround = isOnGround || kinds[neighbour] == Kind.ground
                    guard kinds[neighbour] == Kind.thing, !seen[neighbour] else { return }
                    seen[neighbour] = true
                    spot.append(Int32(neighbour))
                }
            }
            let isDirt = isOnFrame && spot.count <= largest / 32
            guard isDirt || (isFaint && spot.count <= largest) else { continue }
            for index in spot { kinds[Int(index)] = isOnGround ? Kind.ground : Kind.alike }
        }
    }

    /// How far the ground's pixels are from its colour on average.
    private func groundDifference(_ distances: borrowing Plane<Float>) -> Float {
        var (sum, count) = (0.0, 0.0)
        for index in kinds.indices where kinds[index] == Kind.ground {
            sum += Double(distances[index])
            count += 1
        }
        return count > 0 ? Float(sum / count) : 0
    }

    // MARK: What is enclosed

    private func enclosedParts(distances: borrowing Plane<Float>, tolerance: Float) -> [EnclosedPart] {
        // Thicker walls are thick.
        let thickest = UInt16(min(side, 4_096) / 8)
        let steps = steps(upTo: thickest, from: { kinds[$0] == Kind.ground }, through: { _ in true })
        var parts: [EnclosedPart] = []
        for start in kinds.indices where kinds[start] == Kind.alike {
            var part = EnclosedPart()
            var front = [Int32(start)]
            kinds[start] = Kind.seen
            var difference: Float = 0
            while let index = front.popLast().map({ Int($0) }) {
                part.pixels.append(Int32(index))
                difference += distances[index]
                kinds.forEachNeighbour(of: index) { next in
                    switch kinds[next] {
                    case Kind.alike:
                        kinds[next] = Kind.seen
                        front.append(Int32(next))
                    case Kind.ground: part.touchesGround = true
                    case Kind.thing: part.wall = min(part.wall, Int(steps[index]))
                    default: break
                    }
                }
            }
            part.difference = difference / Float(part.pixels.count) / tolerance
            part.hasIslands = hasIslands(part)
            parts.append(part)
        }
        return parts
    }

    /// Whether the part surrounds something: what of its box, a pixel wider, is not reached from the box's frame.
    private func hasIslands(_ part: EnclosedPart) -> Bool {
        var (left, top, right, bottom) = (kinds.width, kinds.height, 0, 0)
        for index in part.pixels {
            let (x, y) = (Int(index) % kinds.width, Int(index) / kinds.width)
            (left, right) = (min(left, x), max(right, x))
            (top, bottom) = (min(top, y), max(bottom, y))
        }
        let (width, height) = (right - left + 3, bottom - top + 3)
        let map = Plane<Bool>(width: width, height: height, filledWith: false)
        for index in part.pixels {
            map[(Int(index) / kinds.width - top + 1) * width + Int(index) % kinds.width - left + 1] = true
        }
        var front: [Int32] = [0]
        map[0] = true
        var reached = 1
        while let index = front.popLast() {
            map.forEachNeighbourAround(Int(index)) { next in
                guard !map[next] else { return }
                map[next] = true
                reached += 1
                front.append(Int32(next))
            }
        }
        // A speck is none.
        return width * height - reached - part.pixels.count > max(4, part.pixels.count / 50)
    }
}
