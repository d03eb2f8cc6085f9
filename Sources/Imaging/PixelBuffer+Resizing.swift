extension PixelBuffer {
    /// The picture at another size, by Lanczos's filter of three lobes, widened when the picture shrinks.
    ///
    /// Equal to Pillow's `resize(size, Image.LANCZOS)` byte for byte: 22-bit fixed-point weights, rows first, values
    /// of 8 bits between the passes, and colours as stored, without undoing the sRGB curve. A picture with opacity
    /// is composited on white first.
    public consuming func resized(width: Int, height: Int) -> PixelBuffer {
        precondition(width > 0 && height > 0, "a picture cannot be \(width)×\(height)")
        if channels == 4 { return compositedOnWhite().resized(width: width, height: height) }
        let narrow =
            width == self.width ? self : resampledRows(ResamplingWeights(from: self.width, to: width), width: width)
        return height == narrow.height
            ? narrow : narrow.resampledColumns(ResamplingWeights(from: narrow.height, to: height), height: height)
    }

    private func resampledRows(_ weights: ResamplingWeights, width: Int) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: channels)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for y in 0..<height {
                    for x in 0..<width {
                        let first = y * bytesPerRow + weights.first[x] * channels
                        for channel in 0..<channels {
                            var sum = ResamplingWeights.half
                            var index = first + channel
                            for weight in weights[x] {
                                sum &+= weight &* Int32(source[index])
                                index += channels
                            }
                            target[(y * width + x) * channels + channel] = ResamplingWeights.byte(sum)
                        }
                    }
                }
            }
        }
        return result
    }

    private func resampledColumns(_ weights: ResamplingWeights, height: Int) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: channels)
        var sums = [Int32](repeating: 0, count: bytesPerRow)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for y in 0..<height {
                    for column in 0..<bytesPerRow { sums[column] = ResamplingWeights.half }
                    for (row, weight) in weights[y].enumerated() {
                        let first = (weights.first[y] + row) * bytesPerRow
                        for column in 0..<bytesPerRow { sums[column] &+= weight &* Int32(source[first + column]) }
                    }
                    for column in 0..<bytesPerRow {
                        target[y * bytesPerRow + column] = ResamplingWeights.byte(sums[column])
                    }
                }
            }
        }
        return result
    }
}
