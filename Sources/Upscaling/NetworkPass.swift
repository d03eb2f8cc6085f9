import Imaging
import NeuralNetwork
import Synchronization

/// One application of a network to a picture of three channels, tile by tile.
///
/// The network's result may be brought down as it is made, before it becomes bytes.
struct NetworkPass: Sendable {
    let network: any UpscalingNetwork
    let grid: TileGrid

    private let width: Int
    private let height: Int

    /// How many times the result's sides are the picture's.
    private let scale: Int

    /// - Parameters:
    ///   - network: The network.
    ///   - width: Pixels in a row of the picture.
    ///   - height: Rows of the picture.
    ///   - scale: How many times the result's sides are the picture's; at most the network's scale.
    ///   - tileSize: The longest side of a tile; the network's own choice when nil.
    init(_ network: any UpscalingNetwork, width: Int, height: Int, scale: Int, tileSize: Int?) {
        self.network = network
        self.width = width
        self.height = height
        self.scale = scale
        let alignment = network.alignment
        // To bring a result down, up to two of its pixels more are needed, which are at most one of the picture.
        let reach = network.reach + (scale == network.scale ? 0 : 1)
        grid = TileGrid(
            width: width, height: height, tileSize: tileSize ?? network.tileSize, alignment: alignment,
            margin: (reach + alignment - 1) / alignment * alignment)
    }

    /// Pixels in a row of the result.
    var resultWidth: Int { scale * width }

    /// Rows of the result.
    var resultHeight: Int { scale * height }

    /// Enlarges one of the tiles, into its place in the result.
    ///
    /// - Throws: `UpscalingError.notFinite`.
    func enlarge(
        _ index: Int, of picture: borrowing PixelBuffer, into result: inout PixelBuffer
    ) throws(UpscalingError) {
        let tile = grid[index]
        let pixels = network(tensor(of: tile.context, in: picture))
        let isFinite =
            scale == network.scale ? copy(pixels, of: tile, into: &result) : reduce(pixels, of: tile, into: &result)
        guard isFinite else { throw .notFinite }
    }

    /// The pixels of a part, `[1, height, width, 3]` in 0…1.
    private func tensor(of part: PixelRectangle, in picture: borrowing PixelBuffer) -> Tensor {
        let tensor = Tensor(uninitialized: [1, part.height, part.width, 3], on: network.device)
        let target = tensor.pointer
        picture.withUnsafeBytes { bytes in
            for row in 0..<part.height {
                let from = ((part.y + row) * width + part.x) * 3
                let to = target + row * part.width * 3
                for index in 0..<part.width * 3 { to[index] = Float(bytes[from + index]) / 255 }
            }
        }
        return tensor
    }

    /// Rounds the core's pixels into their place; false if one of them is no finite number.
    private func copy(_ pixels: Tensor, of tile: TileGrid.Tile, into result: inout PixelBuffer) -> Bool {
        let (left, top) = ((tile.core.x - tile.context.x) * scale, (tile.core.y - tile.context.y) * scale)
        let rowFloats = pixels.shape[2] * 3
        let source = pixels.pointer + top * rowFloats + left * 3
        let (count, rowBytes) = (tile.core.width * scale * 3, resultWidth * 3)
        let first = tile.core.y * scale * rowBytes + tile.core.x * scale * 3
        return withExtendedLifetime(pixels) {
            write(rows: tile.core.height * scale, to: &result) { row, _, target in
                RoundedBytes.write(source + row * rowFloats, count, to: target + first + row * rowBytes)
            }
        }
    }

    /// Brings the core's pixels down and rounds them into their place; false if one of them is no finite number.
    private func reduce(_ pixels: Tensor, of tile: TileGrid.Tile, into result: inout PixelBuffer) -> Bool {
        let full = network.scale
        func axis(_ length: Int, _ start: Int, _ count: Int) -> (first: Int, filter: BicubicReduction) {
            let places = scale * start..<scale * (start + count)
            return (places.lowerBound, BicubicReduction(from: full * length, to: scale * length, places: places))
        }
        let (firstColumn, across) = axis(width, tile.core.x, tile.core.width)
        let (firstRow, down) = axis(height, tile.core.y, tile.core.height)
        let (left, top) = (tile.context.x * full, tile.context.y * full)
        let (rowFloats, rowBytes) = (pixels.shape[2] * 3, resultWidth * 3)
        let source = pixels.pointer
        let count = across.count
        // A row of each thread: what the four rows that a row of the result is made of come to, and what its pixels do.
        let lines = Tensor(uninitialized: [network.device.threads.count, rowFloats + 3 * count], on: network.device)
        let memory = lines.pointer
        return withExtendedLifetime((pixels, lines)) {
            write(rows: down.count, to: &result) { row, thread, target in
                let line = memory + thread * (rowFloats + 3 * count)
                let taps = down.taps(row)
                let rows = taps.places &- top
                let (first, second) = (source + rows[0] * rowFloats, source + rows[1] * rowFloats)
                let (third, fourth) = (source + rows[2] * rowFloats, source + rows[3] * rowFloats)
                let (a, b, c, d) = (taps.weights[0], taps.weights[1], taps.weights[2], taps.weights[3])
                for index in 0..<rowFloats {
                    line[index] = a * first[index] + b * second[index] + c * third[index] + d * fourth[index]
                }
                let reduced = line + rowFloats
                for column in 0..<count {
                    let taps = across.taps(column)
                    let at = (taps.places &- left) &* 3
                    for channel in 0..<3 {
                        reduced[column * 3 + channel] =
                            taps.weights[0] * line[at[0] + channel] + taps.weights[1] * line[at[1] + channel]
                            + taps.weights[2] * line[at[2] + channel] + taps.weights[3] * line[at[3] + channel]
                    }
                }
                let to = target + (firstRow + row) * rowBytes + firstColumn * 3
                return RoundedBytes.write(reduced, 3 * count, to: to)
            }
        }
    }

    /// Writes rows on all threads; false if one of them was not all finite numbers.
    private func write(
        rows: Int, to result: inout PixelBuffer,
        _ body: (_ row: Int, _ thread: Int, _ target: UnsafeMutablePointer<UInt8>) -> Bool
    ) -> Bool {
        let isFinite = Atomic(true)
        result.withUnsafeMutableBytes { bytes in
            guard let target = bytes.baseAddress else { return }
            let parts = min(rows, 4 * network.device.threads.count)
            network.device.threads.forEach(parts) { part, thread in
                for row in rows * part / parts..<rows * (part + 1) / parts where !body(row, thread, target) {
                    isFinite.store(false, ordering: .relaxed)
                }
            }
        }
        return isFinite.load(ordering: .relaxed)
    }
}
