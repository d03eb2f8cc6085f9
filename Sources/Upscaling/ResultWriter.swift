import Imaging
import NeuralNetwork
import Synchronization

/// Writes a network's numbers into a picture of three channels, on all threads.
struct ResultWriter: Sendable {
    /// Pixels in a row of the picture.
    let width: Int

    /// Rows of the picture.
    let height: Int

    let device: Device

    init(width: Int, height: Int, on device: Device) {
        self.width = width
        self.height = height
        self.device = device
    }

    /// Writes a part of an enlarged piece of the picture.
    ///
    /// - Parameters:
    ///   - pixels: The enlarged piece, `[1, height, width, 3]` in 0…1.
    ///   - piece: Where the piece is in the picture that was enlarged.
    ///   - part: The part of it to write, in the same coordinates.
    ///   - scale: How many times it was enlarged.
    ///   - result: The picture to write to.
    /// - Returns: Whether all numbers are finite.
    func write(
        _ pixels: Tensor, from piece: PixelRectangle, part: PixelRectangle, scale: Int, to result: inout PixelBuffer
    ) -> Bool {
        let rowFloats = pixels.shape[2] * 3
        let source = pixels.pointer + (part.y - piece.y) * scale * rowFloats + (part.x - piece.x) * scale * 3
        return withExtendedLifetime(pixels) {
            write(rows: part.height * scale, to: &result) { row, _, target in
                RoundedBytes.write(
                    source + row * rowFloats, part.width * scale * 3,
                    to: target + ((part.y * scale + row) * width + part.x * scale) * 3)
            }
        }
    }

    /// Calls `body` for rows on all threads, with the address of the picture's bytes; false if it was false for one.
    func write(
        rows: Int, to result: inout PixelBuffer,
        _ body: (_ row: Int, _ thread: Int, _ target: UnsafeMutablePointer<UInt8>) -> Bool
    ) -> Bool {
        let isFinite = Atomic(true)
        result.withUnsafeMutableBytes { bytes in
            guard let target = bytes.baseAddress else { return }
            let parts = min(rows, 4 * device.threads.count)
            device.threads.forEach(parts) { part, thread in
                for row in rows * part / parts..<rows * (part + 1) / parts where !body(row, thread, target) {
                    isFinite.store(false, ordering: .relaxed)
                }
            }
        }
        return isFinite.load(ordering: .relaxed)
    }
}
