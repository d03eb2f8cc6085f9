/// Rearrangements of tensors.
extension Tensor {
    /// `[batch, channels, height, width]` as `[batch, height, width, channels]`.
    public func channelsLast() -> Tensor {
        let (batch, channels, pixels) = (shape[0], shape[1], shape[2] * shape[3])
        return transposed(batch, channels, pixels, shape: [batch, shape[2], shape[3], channels])
    }

    /// `[batch, height, width, channels]` as `[batch, channels, height, width]`.
    public func channelsFirst() -> Tensor {
        let (batch, pixels, channels) = (shape[0], shape[1] * shape[2], shape[3])
        return transposed(batch, pixels, channels, shape: [batch, channels, shape[1], shape[2]])
    }

    private func transposed(_ batch: Int, _ rows: Int, _ columns: Int, shape: [Int]) -> Tensor {
        let result = Tensor(uninitialized: shape, on: device)
        let (source, target) = (pointer, result.pointer)
        for image in 0..<batch {
            let first = image * rows * columns
            for row in 0..<rows {
                for column in 0..<columns {
                    target[first + column * rows + row] = source[first + row * columns + column]
                }
            }
        }
        return result
    }

    /// Joins tensors that agree in all but the last dimension, like channels of feature maps.
    public static func concatenatingChannels(_ parts: [Tensor]) -> Tensor {
        let outer = Array(parts[0].shape.dropLast())
        let widths = parts.map { part in
            precondition(part.shape.dropLast() == outer[...], "shapes differ: \(part.shape) and \(parts[0].shape)")
            return part.shape[outer.count]
        }
        let width = widths.reduce(0, +)
        let result = Tensor(uninitialized: outer + [width], on: parts[0].device)
        let (sources, target) = (parts.map(\.pointer), result.pointer)
        result.device.forEachRange(result.count / width, grain: max(1, (1 << 14) / width)) { range in
            for row in range {
                var to = target + row * width
                for (source, width) in Swift.zip(sources, widths) {
                    to.update(from: source + row * width, count: width)
                    to += width
                }
            }
        }
        return result
    }

    /// Joins tensors that agree in all but the first dimension, like samples of a batch.
    public static func concatenatingBatch(_ parts: [Tensor]) -> Tensor {
        let inner = Array(parts[0].shape.dropFirst())
        let batch = parts.map { $0.shape[0] }.reduce(0, +)
        let result = Tensor(uninitialized: [batch] + inner, on: parts[0].device)
        var to = result.pointer
        for part in parts {
            precondition(part.shape.dropFirst() == inner[...], "shapes differ: \(part.shape) and \(parts[0].shape)")
            to.update(from: part.pointer, count: part.count)
            to += part.count
        }
        return result
    }

    /// Some of the samples of a batch.
    public func samples(_ range: Range<Int>) -> Tensor {
        let size = count / shape[0]
        let result = Tensor(uninitialized: [range.count] + shape.dropFirst(), on: device)
        result.pointer.update(from: pointer + range.lowerBound * size, count: result.count)
        return result
    }

    /// Each pixel of `[batch, height, width, channels]` repeated to `height` × `width`, nearest neighbour.
    public func upsampledNearest(height: Int, width: Int) -> Tensor {
        let (batch, fromHeight, fromWidth, channels) = (shape[0], shape[1], shape[2], shape[3])
        let result = Tensor(uninitialized: [batch, height, width, channels], on: device)
        let (source, target) = (pointer, result.pointer)
        device.forEachRange(batch * height, grain: max(1, (1 << 14) / (width * channels))) { range in
            for row in range {
                let fromRow = row / height * fromHeight + row % height * fromHeight / height
                for column in 0..<width {
                    let from = source + (fromRow * fromWidth + column * fromWidth / width) * channels
                    (target + (row * width + column) * channels).update(from: from, count: channels)
                }
            }
        }
        return result
    }
}
