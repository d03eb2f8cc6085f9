import Imaging
import NeuralNetwork

/// A network applied to one tile of a picture after the other, each with some of what surrounds it.
struct TiledPass: UpscalingPass {
    private let enlarge: @Sendable (Tensor, PixelRectangle) -> Tensor
    private let alignment: Int
    private let native: Int
    private let device: Device
    private let grid: TileGrid
    private let reduction: ReducedWriter?
    private let writer: ResultWriter
    private let cost: (multiplyAddsPerPixel: Int, workingBytes: Int)

    /// - Parameters:
    ///   - native: How many times the network enlarges.
    ///   - width: Pixels in a row of the picture.
    ///   - height: Rows of the picture.
    ///   - scale: How many times the result's sides are the picture's; at most the network's own.
    ///   - tileSize: The longest side of a tile.
    ///   - alignment: Tiles begin at multiples of so many pixels.
    ///   - margin: How many pixels around a tile the network is given with it.
    ///   - multiplyAddsPerPixel: How many products and sums it takes for one pixel.
    ///   - workingBytes: How many bytes it takes for so many pixels, of which the result is made of so many.
    ///   - device: Where it computes.
    ///   - enlarge: The network: of `[1, height, width, 3]` the part that is asked for, `native` times as wide and high. The
    ///     part begins at multiples of the alignment and has as many pixels around the tile, as far as the picture goes.
    init(
        native: Int, width: Int, height: Int, scale: Int, tileSize: Int, alignment: Int, margin: Int,
        multiplyAddsPerPixel: Int, workingBytes: (_ pixels: Int, _ kept: Int) -> Int, on device: Device,
        enlarge: @escaping @Sendable (Tensor, PixelRectangle) -> Tensor
    ) {
        self.enlarge = enlarge
        self.native = native
        self.device = device
        self.alignment = alignment
        grid = TileGrid(
            width: width, height: height, tileSize: tileSize, alignment: alignment,
            margin: (margin + alignment - 1) / alignment * alignment)
        writer = ResultWriter(width: scale * width, height: scale * height, on: device)
        reduction =
            scale < native ? ReducedWriter(writer, width: width, height: height, from: native, to: scale) : nil
        cost = (
            multiplyAddsPerPixel, workingBytes(grid.mostPixels(around: grid.margin), grid.mostPixels(around: alignment))
        )
    }

    var resultWidth: Int { writer.width }
    var resultHeight: Int { writer.height }
    var steps: Int { grid.count }
    var multiplyAdds: Int { grid.pixels * cost.multiplyAddsPerPixel }
    var workingBytes: Int { cost.workingBytes }

    mutating func advance(
        _ step: Int, of picture: borrowing PixelBuffer, into result: inout PixelBuffer
    ) throws(UpscalingError) {
        let tile = grid[step]
        let kept = tile.part(around: alignment)
        let place = PixelRectangle(
            x: kept.x - tile.context.x, y: kept.y - tile.context.y, width: kept.width, height: kept.height)
        let pixels = enlarge(picture.tensor(of: tile.context, on: device), place)
        let isFinite =
            if let reduction {
                reduction.write(pixels, from: kept, part: tile.core, to: &result)
            } else {
                writer.write(pixels, from: kept, part: tile.core, scale: native, to: &result)
            }
        guard isFinite else { throw .notFinite }
    }
}

extension PixelBuffer {
    /// The pixels of a part of three channels, `[1, height, width, 3]` in 0…1.
    borrowing func tensor(of part: PixelRectangle, on device: Device) -> Tensor {
        let tensor = Tensor(uninitialized: [1, part.height, part.width, 3], on: device)
        copy(part, to: tensor.pointer)
        return tensor
    }

    /// Copies the numbers of a part of three channels, in 0…1.
    borrowing func copy(_ part: PixelRectangle, to target: UnsafeMutablePointer<Float>) {
        withUnsafeBytes { bytes in
            for row in 0..<part.height {
                let from = ((part.y + row) * width + part.x) * 3
                let to = target + row * part.width * 3
                for index in 0..<part.width * 3 { to[index] = Float(bytes[from + index]) / 255 }
            }
        }
    }
}
