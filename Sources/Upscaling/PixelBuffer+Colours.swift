import Imaging

extension PixelBuffer {
    /// The colours of a picture of four channels, in three: where nothing is seen, those of what is seen around.
    ///
    /// A filter that sees colours without their opacity then finds nothing at a shape's edge that is not the shape's. Each
    /// square of two by two pixels has the mean colour of what is seen in it, and so on up to the whole picture; a pixel
    /// that is not seen takes the colour of the smallest square that has one (Gortler et al. 1996, "The Lumigraph": pull
    /// and push).
    borrowing func withColoursContinued() -> PixelBuffer { withShares().continued() }

    /// How opaque a pixel must be for its colour to count as it is; colours of less are rounded too coarsely.
    private static var leastOpacity: Int { 16 }

    /// The picture with the shares that pixels' own colours have in place of their opacities, 0…255.
    private borrowing func withShares() -> PixelBuffer {
        var result = copied()
        result.withUnsafeMutableBytes { bytes in
            for at in stride(from: 3, to: bytes.count, by: 4) {
                bytes[at] = UInt8(clamping: Int(bytes[at]) * 255 / Self.leastOpacity)
            }
        }
        return result
    }

    /// The colours, completed from those of smaller and smaller pictures.
    private borrowing func continued() -> PixelBuffer {
        guard width > 1 || height > 1, hasGaps else { return colours() }
        let squares = halved().continued()
        var result = colours()
        withUnsafeBytes { source in
            squares.withUnsafeBytes { squares in
                result.withUnsafeMutableBytes { target in
                    let columns = (width + 1) / 2
                    for pixel in 0..<width * height where source[pixel * 4 + 3] < 255 {
                        let square = pixel / width / 2 * columns + pixel % width / 2
                        let share = Int(source[pixel * 4 + 3])
                        for channel in 0..<3 {
                            let (own, other) = (Int(source[pixel * 4 + channel]), Int(squares[square * 3 + channel]))
                            target[pixel * 3 + channel] = UInt8((own * share + other * (255 - share) + 127) / 255)
                        }
                    }
                }
            }
        }
        return result
    }

    private var hasGaps: Bool {
        withUnsafeBytes { bytes in
            stride(from: 3, to: bytes.count, by: 4).contains { bytes[$0] < 255 }
        }
    }

    /// Squares of two by two pixels: their mean colours, weighted by the shares, and what share the squares then have.
    private borrowing func halved() -> PixelBuffer {
        var result = PixelBuffer(width: (width + 1) / 2, height: (height + 1) / 2, channels: 4)
        let columns = result.width
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for square in 0..<target.count / 4 {
                    let (top, left) = (square / columns * 2, square % columns * 2)
                    var sum = SIMD4<Int>.zero
                    for row in top..<min(height, top + 2) {
                        for column in left..<min(width, left + 2) {
                            let at = (row * width + column) * 4
                            let colour = SIMD4(Int(source[at]), Int(source[at + 1]), Int(source[at + 2]), 1)
                            sum &+= colour &* Int(source[at + 3])
                        }
                    }
                    guard sum[3] > 0 else { continue }
                    for channel in 0..<3 {
                        target[square * 4 + channel] = UInt8((sum[channel] + sum[3] / 2) / sum[3])
                    }
                    target[square * 4 + 3] = UInt8(clamping: sum[3])
                }
            }
        }
        return result
    }

    /// The first three of four channels.
    private borrowing func colours() -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 3)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for pixel in 0..<target.count / 3 {
                    for channel in 0..<3 { target[pixel * 3 + channel] = source[pixel * 4 + channel] }
                }
            }
        }
        return result
    }
}
