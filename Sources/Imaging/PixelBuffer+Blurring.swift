import Foundation

extension PixelBuffer {
    /// The picture blurred by an approximate Gaussian.
    ///
    /// Equal to Pillow's `ImageFilter.GaussianBlur(sigma)` byte for byte: three box filters of fractional width along
    /// the rows, then three along the columns, edges continued, in time that does not depend on `sigma`.
    /// Gwosdek, Grewenig, Bruhn and Weickert, "Theoretical Foundations of Gaussian Convolution by Extended Box
    /// Filtering", 2011; Pillow's src/libImaging/BoxBlur.c.
    ///
    /// - Parameters:
    ///   - sigma: The standard deviation in pixels; nothing happens at 0.
    ///   - down: The one along the columns; `sigma` when nil.
    public consuming func blurred(sigma: Float, down: Float? = nil) -> PixelBuffer {
        var result = self
        let (width, height, channels) = (result.width, result.height, result.channels)
        for _ in 0..<(sigma > 0 ? BoxFilter.passes : 0) {
            let box = BoxFilter(sigma: sigma, passes: BoxFilter.passes)
            result.withUnsafeMutableBytes { bytes in
                box.apply(to: bytes, lines: height, lineStride: width * channels, length: width, channels: channels)
            }
        }
        let down = down ?? sigma
        for _ in 0..<(down > 0 ? BoxFilter.passes : 0) {
            let box = BoxFilter(sigma: down, passes: BoxFilter.passes)
            result.withUnsafeMutableBytes { bytes in
                box.apply(to: bytes, columns: width * channels, rows: height)
            }
        }
        return result
    }
}
