import NeuralNetwork

extension Tensor {
    /// A picture in another size, as the Python library Pillow resizes bytes with its bicubic filter.
    ///
    /// Horizontally and then vertically, with a filter that widens when the picture shrinks; each pass rounds to bytes.
    /// Reference: Pillow, `src/libImaging/Resample.c`.
    ///
    /// - Parameters:
    ///   - height: Rows of the result.
    ///   - width: Pixels in a row of the result.
    /// - Returns: `[batch, height, width, channels]` in 0…1, of `[batch, h, w, channels]` in 0…1, in steps of 1/255.
    func resizedAsBytes(height: Int, width: Int) -> Tensor {
        let bytes = map { min(255, max(0, ($0 * 255).rounded(.toNearestOrEven))) }
        let (batch, rows, columns, channels) = (shape[0], shape[1], shape[2], shape[3])
        let wide =
            width == columns
            ? bytes
            : bytes.resampled(outer: batch * rows, count: width, inner: channels)
                .reshaped(batch, rows, width, channels)
        let result =
            height == rows
            ? wide
            : wide.resampled(outer: batch, count: height, inner: width * channels)
        return result.reshaped(batch, height, width, channels).map { $0 / 255 }
    }

    /// Resamples the middle one of three dimensions, `outer`, whatever it has, and `inner`.
    private func resampled(outer: Int, count: Int, inner: Int) -> Tensor {
        let size = self.count / outer / inner
        let filters = (0..<count).map { BicubicFilter(at: $0, of: count, from: size) }
        var result = Tensor(shape: [outer, count, inner], on: device)
        withElements { source in
            result.withMutableElements { target in
                for first in 0..<outer {
                    for (index, filter) in filters.enumerated() {
                        for last in 0..<inner {
                            var sum: Float = 0
                            for (offset, weight) in filter.weights.enumerated() {
                                sum += weight * source[(first * size + filter.begin + offset) * inner + last]
                            }
                            target[(first * count + index) * inner + last] = min(
                                255, max(0, (sum + 0.5).rounded(.down)))
                        }
                    }
                }
            }
        }
        return result
    }
}

/// Which pixels a resized pixel is made of (Keys 1981, "Cubic convolution interpolation", with a = -1/2).
private struct BicubicFilter {
    let begin: Int
    let weights: [Float]

    init(at index: Int, of count: Int, from size: Int) {
        let scale = Double(size) / Double(count)
        let stretch = max(1, scale)
        let center = (Double(index) + 0.5) * scale
        let begin = max(0, Int(center - 2 * stretch + 0.5))
        let end = min(size, Int(center + 2 * stretch + 0.5))
        let weights = (begin..<end).map { Self.cubic((Double($0) - center + 0.5) / stretch) }
        let sum = weights.reduce(0, +)
        self.begin = begin
        self.weights = weights.map { Float($0 / sum) }
    }

    private static func cubic(_ distance: Double) -> Double {
        let (x, a) = (abs(distance), -0.5)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
}
