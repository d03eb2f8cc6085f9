extension PixelBuffer {
    /// The picture at another size, by Lanczos's filter of three lobes, widened when the picture shrinks.
    ///
    /// Equal to Pillow's `resize(size, Image.LANCZOS)` byte for byte: 22-bit fixed-point weights, rows first, values
    /// of 8 bits between the passes, and colours as stored, without undoing the sRGB curve. Only where the rows of a
    /// long and narrow picture would become very many pixels, columns come first. A picture with opacity is composited
    /// on white first.
    public consuming func resized(width: Int, height: Int) -> PixelBuffer {
        precondition(width > 0 && height > 0, "a picture cannot be \(width)×\(height)")
        if channels == 4 { return compositedOnWhite().resized(width: width, height: height) }
        if width == self.width, height == self.height { return self }
        return resized(width: width, height: height, columns: 0..<width, rows: 0..<height)
    }

    /// A part of the picture at another size: the pixels that it would have there, without making the others.
    ///
    /// - Parameters:
    ///   - width: The width that the whole picture would have.
    ///   - height: The height that the whole picture would have.
    ///   - columns: The columns that are wanted, of those.
    ///   - rows: The rows that are wanted, of those.
    borrowing func resized(width: Int, height: Int, columns: Range<Int>, rows: Range<Int>) -> PixelBuffer {
        let keepsColumns = width == self.width && columns == 0..<width
        let keepsRows = height == self.height && rows == 0..<height
        if keepsColumns, keepsRows { return copied() }
        let across = ResamplingWeights(from: self.width, to: width, places: columns)
        let down = ResamplingWeights(from: self.height, to: height, places: rows)
        if keepsColumns { return resampledColumns(down, from: 0, height: rows.count) }
        if keepsRows { return resampledRows(across, of: rows, width: columns.count) }
        return resampled(across, down, width: columns.count, height: rows.count)
    }

    /// What a window shows of the picture, at a size of the window's proportions.
    ///
    /// Where the window reaches beyond the picture, the picture's edge goes on. A picture with opacity is composited on
    /// white first.
    public consuming func resampled(
        _ window: PixelWindow, width: Int, height: Int, filter: ResamplingFilter = .lanczos
    ) -> PixelBuffer {
        precondition(width > 0 && height > 0, "a picture cannot be \(width)×\(height)")
        precondition(window.width > 0 && window.height > 0, "a window must show something")
        if channels == 4 { return compositedOnWhite().resampled(window, width: width, height: height, filter: filter) }
        if window == PixelWindow(width: self.width, height: self.height) {
            if width == self.width, height == self.height { return self }
            if filter == .lanczos { return resized(width: width, height: height) }
        }
        let across = ResamplingWeights(
            from: self.width, start: window.x, scale: window.width / Double(width), places: 0..<width, filter: filter)
        let down = ResamplingWeights(
            from: self.height, start: window.y, scale: window.height / Double(height), places: 0..<height,
            filter: filter)
        return resampled(across, down, width: width, height: height)
    }

    private borrowing func resampled(
        _ across: ResamplingWeights, _ down: ResamplingWeights, width: Int, height: Int
    ) -> PixelBuffer {
        let pixels = max(self.width * self.height, width * height)
        if width * down.span.count > 4 * pixels {
            return resampledColumns(down, from: 0, height: height)
                .resampledRows(across, of: 0..<height, width: width)
        }
        return resampledRows(across, of: down.span, width: width)
            .resampledColumns(down, from: down.span.lowerBound, height: height)
    }

    private borrowing func resampledRows(
        _ weights: ResamplingWeights, of rows: Range<Int>, width: Int
    ) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: rows.count, channels: channels)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for (y, row) in rows.enumerated() {
                    for x in 0..<width {
                        let first = row * bytesPerRow + weights.first[x] * channels
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

    /// - Parameter start: The row of the whole picture that this one's first is.
    private borrowing func resampledColumns(
        _ weights: ResamplingWeights, from start: Int, height: Int
    ) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: channels)
        var sums = [Int32](repeating: 0, count: bytesPerRow)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for y in 0..<height {
                    for column in 0..<bytesPerRow { sums[column] = ResamplingWeights.half }
                    for (row, weight) in weights[y].enumerated() {
                        let first = (weights.first[y] - start + row) * bytesPerRow
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
