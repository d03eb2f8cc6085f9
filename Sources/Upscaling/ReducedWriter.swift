import Imaging
import NeuralNetwork

/// Brings a network's numbers down to a smaller enlargement as it writes them into a picture.
struct ReducedWriter: Sendable {
    private let writer: ResultWriter
    private let width: Int
    private let height: Int
    private let native: Int
    private let scale: Int

    /// - Parameters:
    ///   - writer: Writes to the result.
    ///   - width: Pixels in a row of the picture that is enlarged.
    ///   - height: Its rows.
    ///   - native: How many times the network enlarges it.
    ///   - scale: How many times the result's sides are the picture's.
    init(_ writer: ResultWriter, width: Int, height: Int, from native: Int, to scale: Int) {
        self.writer = writer
        self.width = width
        self.height = height
        self.native = native
        self.scale = scale
    }

    /// Writes a part of an enlarged piece of the picture.
    ///
    /// - Parameters:
    ///   - pixels: The enlarged piece, `[1, height, width, 3]` in 0…1.
    ///   - piece: Where the piece is in the picture that was enlarged.
    ///   - part: The part of it to write, in the same coordinates; a pixel around it is in the piece, too, as far as the
    ///     picture goes.
    ///   - result: The picture to write to.
    /// - Returns: Whether all numbers are finite.
    func write(
        _ pixels: Tensor, from piece: PixelRectangle, part: PixelRectangle, to result: inout PixelBuffer
    ) -> Bool {
        func filter(_ length: Int, _ start: Int, _ count: Int) -> BicubicReduction {
            BicubicReduction(
                from: native * length, to: scale * length, places: scale * start..<scale * (start + count))
        }
        let across = filter(width, part.x, part.width)
        let down = filter(height, part.y, part.height)
        let (left, top) = (piece.x * native, piece.y * native)
        let (rowFloats, count) = (pixels.shape[2] * 3, across.count)
        let device = writer.device
        // For each thread, what the four rows that a row of the result is made of come to, and what its pixels do.
        let lines = Tensor(uninitialized: [device.threads.count, rowFloats + 3 * count], on: device)
        let (source, memory) = (pixels.pointer, lines.pointer)
        return withExtendedLifetime((pixels, lines)) {
            writer.write(rows: down.count, to: &result) { row, thread, target in
                let line = memory + thread * (rowFloats + 3 * count)
                Self.sum(down.taps(row), top, source, rowFloats, to: line)
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
                let to = target + ((part.y * scale + row) * writer.width + part.x * scale) * 3
                return RoundedBytes.write(reduced, 3 * count, to: to)
            }
        }
    }

    /// The weighted sum of four rows, of which the first that is here has a number.
    private static func sum(
        _ taps: BicubicReduction.Taps, _ first: Int, _ source: UnsafePointer<Float>, _ count: Int,
        to line: UnsafeMutablePointer<Float>
    ) {
        let rows = (taps.places &- first) &* count
        let (r0, r1, r2, r3) = (source + rows[0], source + rows[1], source + rows[2], source + rows[3])
        let (a, b, c, d) = (taps.weights[0], taps.weights[1], taps.weights[2], taps.weights[3])
        for index in 0..<count { line[index] = a * r0[index] + b * r1[index] + c * r2[index] + d * r3[index] }
    }
}
