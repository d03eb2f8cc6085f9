import Imaging

extension PixelBuffer {
    /// Lays a picture of the same size over this one.
    ///
    /// - Parameters:
    ///   - other: In as many channels.
    ///   - visibility: How much of it is seen, from 0 to 1.
    mutating func blend(_ other: borrowing PixelBuffer, visibility: Double) {
        guard other.byteCount == byteCount else { return }
        // In 256ths: the sum of both parts stays within a byte.
        let part = Int((256 * min(max(visibility, 0), 1)).rounded())
        other.withUnsafeBytes { source in
            withUnsafeMutableBytes { target in
                for index in target.indices {
                    target[index] = UInt8((Int(target[index]) * (256 - part) + Int(source[index]) * part + 128) / 256)
                }
            }
        }
    }
}
