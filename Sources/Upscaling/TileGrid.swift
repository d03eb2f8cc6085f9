import Imaging

/// How a picture is cut into parts that a network enlarges one after the other.
struct TileGrid: Sendable {
    /// One of the parts.
    struct Tile: Sendable, Equatable {
        /// What the tile is of the picture; no two tiles share a pixel.
        let core: PixelRectangle

        /// The core and what surrounds it, as far as the picture goes: what the network is given.
        let context: PixelRectangle

        /// The core and so many pixels around it, as far as the context goes.
        func part(around margin: Int) -> PixelRectangle {
            let (left, top) = (max(context.x, core.x - margin), max(context.y, core.y - margin))
            let right = min(context.x + context.width, core.x + core.width + margin)
            let bottom = min(context.y + context.height, core.y + core.height + margin)
            return PixelRectangle(x: left, y: top, width: right - left, height: bottom - top)
        }
    }

    private let width: Int
    private let height: Int
    private let side: (across: Int, down: Int)
    private let columns: Int
    private let rows: Int
    /// How many pixels of context a tile has on each side.
    let margin: Int

    /// - Parameters:
    ///   - width: Pixels in a row of the picture.
    ///   - height: Rows of the picture.
    ///   - tileSize: The longest side of a tile, in pixels; at least one.
    ///   - alignment: Tiles begin at multiples of so many pixels, and their contexts, too.
    ///   - margin: How many pixels of context a tile has on each side; a multiple of the alignment.
    init(width: Int, height: Int, tileSize: Int, alignment: Int, margin: Int) {
        func side(_ length: Int) -> Int {
            let count = max(1, (length + tileSize - 1) / max(1, tileSize))
            let even = (length + count - 1) / count
            return max(1, (even + alignment - 1) / alignment) * alignment
        }
        self.width = width
        self.height = height
        self.side = (side(width), side(height))
        columns = (width + self.side.across - 1) / self.side.across
        rows = (height + self.side.down - 1) / self.side.down
        self.margin = margin
    }

    /// How many tiles there are.
    var count: Int { columns * rows }

    /// The most pixels of a tile with so many around it.
    func mostPixels(around margin: Int) -> Int {
        min(width, side.across + 2 * margin) * min(height, side.down + 2 * margin)
    }

    /// The pixels that the network is given in all.
    var pixels: Int {
        (0..<count).reduce(0) { $0 + self[$1].context.width * self[$1].context.height }
    }

    /// A tile, by its place in reading order.
    subscript(index: Int) -> Tile {
        let (left, top) = (index % columns * side.across, index / columns * side.down)
        let (right, bottom) = (min(width, left + side.across), min(height, top + side.down))
        let (outerLeft, outerTop) = (max(0, left - margin), max(0, top - margin))
        return Tile(
            core: PixelRectangle(x: left, y: top, width: right - left, height: bottom - top),
            context: PixelRectangle(
                x: outerLeft, y: outerTop, width: min(width, right + margin) - outerLeft,
                height: min(height, bottom + margin) - outerTop))
    }
}
