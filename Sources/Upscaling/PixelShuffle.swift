import Imaging
import NeuralNetwork

/// Rows of a map whose channels become pixels, with the picture's own pixels, repeated, added to them.
struct PixelShuffle {
    /// How many pixels each becomes, in both directions.
    let scale: Int

    /// `[rows, width, scale × scale × 3]`, of each pixel `[row, column, colour]`.
    let residual: MapRows

    private var lineFloats: Int { residual.width * scale * 3 }

    /// Some of the rows, enlarged: `[1, scale × rows, scale × width, 3]`.
    ///
    /// - Parameters:
    ///   - rows: Which.
    ///   - picture: The whole picture, of three channels.
    func tensor(of rows: Range<Int>, _ picture: borrowing PixelBuffer) -> Tensor {
        let result = Tensor(uninitialized: [1, scale * rows.count, scale * residual.width, 3], on: residual.device)
        let target = result.pointer
        picture.withUnsafeBytes { bytes in
            residual.device.threads.forEachRange(scale * rows.count) { range in
                for line in range {
                    write(rows.lowerBound + line / scale, line % scale, bytes, to: target + line * lineFloats)
                }
            }
        }
        return result
    }

    /// Rounds some of the rows, enlarged, into their place in a result; false if one of the numbers is not finite.
    ///
    /// - Parameters:
    ///   - rows: Which.
    ///   - picture: The whole picture, of three channels.
    ///   - writer: Writes to the result.
    ///   - result: The whole result.
    func write(
        _ rows: Range<Int>, _ picture: borrowing PixelBuffer, with writer: ResultWriter, to result: inout PixelBuffer
    ) -> Bool {
        let count = lineFloats
        let lines = Tensor(uninitialized: [writer.device.threads.count, count], on: writer.device)
        let memory = lines.pointer
        return picture.withUnsafeBytes { bytes in
            withExtendedLifetime(lines) {
                writer.write(rows: scale * rows.count, to: &result) { line, thread, target in
                    let row = rows.lowerBound + line / scale
                    write(row, line % scale, bytes, to: memory + thread * count)
                    return RoundedBytes.write(
                        memory + thread * count, count, to: target + (row * scale + line % scale) * count)
                }
            }
        }
    }

    /// Writes one of the lines that a row becomes.
    private func write(
        _ row: Int, _ line: Int, _ picture: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<Float>
    ) {
        let run = 3 * scale
        var sums = residual.pointer(toRow: row) + line * run
        var to = target
        for pixel in row * residual.width..<(row + 1) * residual.width {
            let (red, green, blue) = (
                Float(picture[3 * pixel]) / 255, Float(picture[3 * pixel + 1]) / 255,
                Float(picture[3 * pixel + 2]) / 255
            )
            for column in 0..<scale {
                to[3 * column] = sums[3 * column] + red
                to[3 * column + 1] = sums[3 * column + 1] + green
                to[3 * column + 2] = sums[3 * column + 2] + blue
            }
            sums += scale * run
            to += run
        }
    }
}
