/// Which pixels of a drawing are ground.
///
/// Ground is what has its colour and is connected with the frame, but not through gaps that are narrower than an outline: a
/// white body whose outline has a hole stays. What is enclosed is ground as well where ``EnclosedPart/isHole(in:)`` says so.
struct GroundRegion: ~Copyable {
    /// What a pixel is.
    private enum Kind {
        static let thing: UInt8 = 0
        /// It has the ground's colour, and nothing more is known.
        static let alike: UInt8 = 1
        static let ground: UInt8 = 2
        static let seen: UInt8 = 3
    }

    private var kinds: Plane<UInt8>

    /// Whether a pixel is ground.
    func isGround(_ index: Int) -> Bool { kinds[index] == Kind.ground }

    /// - Parameters:
    ///   - distances: How far each pixel is from the ground's colour.
    ///   - tolerance: How far that may be for ground.
    ///   - isWhite: Whether the ground is white. Things are not of another ground's colour: all that looks like it is a hole.
    init(distances: borrowing Plane<Float>, tolerance: Float, isWhite: Bool) {
        kinds = Plane(width: distances.width, height: distances.height, filledWith: Kind.thing)
        for index in kinds.indices where distances[index] <= tolerance { kinds[index] = Kind.alike }
        let side = max(kinds.width, kinds.height)
        floodFromFrame(gap: max(1, side / 96))
        takeFaintSpots(distances: distances, limit: 2 * tolerance + 24)
        let outside = stepsFromGround()
        let difference = groundDifference(distances) / tolerance
        for part in enclosedParts(distances: distances, tolerance: tolerance, steps: outside)
        where !isWhite || part.isHole(side: side, groundDifference: difference) {
            for index in part.pixels { kinds[index] = Kind.ground }
        }
    }

    /// Finds the ground that is reached from the frame through what is everywhere wider than twice `gap`.
    private mutating func floodFromFrame(gap: Int) {
        // How many steps it is to the next thing: within `gap` of one, nothing flows.
        let room = steps(from: { kinds[$0] == Kind.thing }, upTo: gap + 1, through: { _ in true })
        var front = kinds.indices.filter { index in
            let (x, y) = (index % kinds.width, index / kinds.width)
            return (x == 0 || y == 0 || x == kinds.width - 1 || y == kinds.height - 1) && room[index] > gap
                && kinds[index] == Kind.alike
        }
        for index in front { kinds[index] = Kind.ground }
        while let index = front.popLast() {
            kinds.forEachNeighbour(of: index) { next in
                guard kinds[next] == Kind.alike, room[next] > gap else { return }
                kinds[next] = Kind.ground
                front.append(next)
            }
        }
        // And back to the things' edges.
        let reach = steps(from: { kinds[$0] == Kind.ground }, upTo: gap + 2, through: { kinds[$0] != Kind.thing })
        for index in kinds.indices where reach[index] <= gap + 2 && kinds[index] == Kind.alike { kinds[index] = Kind.ground }
    }

    /// Takes for ground what differs from it too little, and is too small, to be a thing: stains of the decoder.
    private mutating func takeFaintSpots(distances: borrowing Plane<Float>, limit: Float) {
        let seen = Plane<UInt8>(width: kinds.width, height: kinds.height, filledWith: 0)
        let largest = kinds.width * kinds.height / 64
        for start in kinds.indices where kinds[start] == Kind.thing && seen[start] == 0 {
            var spot = [start]
            seen[start] = 1
            var isFaint = true
            var next = 0
            while next < spot.count {
                let index = spot[next]
                next += 1
                isFaint = isFaint && distances[index] < limit
                kinds.forEachNeighbourAround(index) { neighbour in
                    guard kinds[neighbour] == Kind.thing, seen[neighbour] == 0 else { return }
                    seen[neighbour] = 1
                    spot.append(neighbour)
                }
            }
            guard isFaint, spot.count <= largest else { continue }
            for index in spot { kinds[index] = Kind.ground }
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

    private func stepsFromGround() -> Plane<Int32> {
        steps(from: { kinds[$0] == Kind.ground }, upTo: .max, through: { _ in true })
    }

    /// How many steps a pixel is from the next of some, as far as they lead through others and are no more than so many.
    private func steps(
        from isSource: (Int) -> Bool, upTo most: Int, through isOpen: (Int) -> Bool
    ) -> Plane<Int32> {
        let steps = Plane<Int32>(width: kinds.width, height: kinds.height, filledWith: .max)
        var front = kinds.indices.filter(isSource)
        for index in front { steps[index] = 0 }
        var step: Int32 = 0
        while !front.isEmpty, step < most {
            step += 1
            var next: [Int] = []
            for index in front {
                kinds.forEachNeighbourAround(index) { neighbour in
                    guard steps[neighbour] == .max, isOpen(neighbour) else { return }
                    steps[neighbour] = step
                    next.append(neighbour)
                }
            }
            front = next
        }
        return steps
    }

    // MARK: What is enclosed

    private mutating func enclosedParts(
        distances: borrowing Plane<Float>, tolerance: Float, steps: borrowing Plane<Int32>
    ) -> [EnclosedPart] {
        var parts: [EnclosedPart] = []
        for start in kinds.indices where kinds[start] == Kind.alike {
            var part = EnclosedPart()
            var front = [start]
            kinds[start] = Kind.seen
            var difference: Float = 0
            var wall = Int32.max
            while let index = front.popLast() {
                part.pixels.append(index)
                difference += distances[index]
                kinds.forEachNeighbour(of: index) { next in
                    switch kinds[next] {
                    case Kind.alike:
                        kinds[next] = Kind.seen
                        front.append(next)
                    case Kind.ground: part.touchesGround = true
                    case Kind.thing: wall = min(wall, steps[index])
                    default: break
                    }
                }
            }
            part.wall = Int(wall)
            part.difference = difference / Float(part.pixels.count) / tolerance
            part.box = box(of: part.pixels)
            part.hasIslands = hasIslands(part)
            parts.append(part)
        }
        return parts
    }

    private func box(of pixels: [Int]) -> PixelRectangle {
        var (left, top, right, bottom) = (kinds.width, kinds.height, 0, 0)
        for index in pixels {
            let (x, y) = (index % kinds.width, index / kinds.width)
            (left, right) = (min(left, x), max(right, x))
            (top, bottom) = (min(top, y), max(bottom, y))
        }
        return PixelRectangle(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }

    /// Whether the part surrounds something: what of its box, a pixel wider, is not reached from the box's frame.
    private func hasIslands(_ part: EnclosedPart) -> Bool {
        let (width, height) = (part.box.width + 2, part.box.height + 2)
        let map = Plane<UInt8>(width: width, height: height, filledWith: 0)
        for index in part.pixels {
            let (x, y) = (index % kinds.width - part.box.x + 1, index / kinds.width - part.box.y + 1)
            map[y * width + x] = 1
        }
        var front = [0]
        map[0] = 2
        var reached = 1
        while let index = front.popLast() {
            map.forEachNeighbourAround(index) { next in
                guard map[next] == 0 else { return }
                map[next] = 2
                reached += 1
                front.append(next)
            }
        }
        // A speck is none.
        let inside = width * height - reached - part.pixels.count
        return inside > max(4, part.pixels.count / 50)
    }
}
