package import NeuralNetwork

extension Tensor {
    /// A feature map at another size, each element a blend of the four around its place.
    ///
    /// As `torch.nn.functional.interpolate` does it with the mode `bilinear`, corners not aligned.
    ///
    /// - Parameters:
    ///   - height: Rows of the result.
    ///   - width: Elements in a row of the result.
    /// - Returns: `[batch, height, width, channels]`, of `[batch, h, w, channels]`.
    package func stretched(height: Int, width: Int) -> Tensor {
        let (batch, rows, columns, channels) = (shape[0], shape[1], shape[2], shape[3])
        let across = (0..<width).map { LinearFilter(at: $0, of: width, from: columns) }
        var result = Tensor(shape: [batch, height, width, channels], on: device)
        withElements { source in
            result.withMutableElements { target in
                for image in 0..<batch {
                    for y in 0..<height {
                        let down = LinearFilter(at: y, of: height, from: rows)
                        let (upper, lower) = (
                            (image * rows + down.first) * columns, (image * rows + down.second) * columns
                        )
                        for x in 0..<width {
                            let filter = across[x]
                            let start = ((image * height + y) * width + x) * channels
                            for channel in 0..<channels {
                                let at = { (row: Int) in
                                    let left = source[(row + filter.first) * channels + channel]
                                    let right = source[(row + filter.second) * channels + channel]
                                    return left + (right - left) * filter.share
                                }
                                let (above, below) = (at(upper), at(lower))
                                target[start + channel] = above + (below - above) * down.share
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}

/// Which two elements a stretched one lies between, and the second one's share.
private struct LinearFilter {
    let first: Int
    let second: Int
    let share: Float

    init(at index: Int, of count: Int, from size: Int) {
        let place = max(0, (Float(index) + 0.5) * Float(size) / Float(count) - 0.5)
        first = min(size - 1, Int(place))
        second = min(size - 1, first + 1)
        share = place - Float(first)
    }
}
