import Foundation
package import NeuralNetwork

/// Noise in latents' shape, in the order in which it is drawn: channel by channel, row by row.
package struct LatentNoise: Sendable {
    /// How many latents there are in each direction.
    package struct Shape: Equatable, Sendable {
        var channels: Int
        var height: Int
        var width: Int

        /// A shape.
        package init(channels: Int, height: Int, width: Int) {
            self.channels = channels
            self.height = height
            self.width = width
        }

        var count: Int { channels * height * width }
    }

    let shape: Shape
    /// The numbers, `[channels, height, width]`.
    package private(set) var values: [Float]

    /// Draws noise.
    init(_ shape: Shape, from source: inout TorchRandomSource) {
        self.shape = shape
        values = source.normal(shape.count)
    }

    /// The noise as latents `[1, height, width, channels]`.
    package func tensor(on device: Device) -> Tensor {
        TorchRandomSource.latents(
            values, batch: 1, height: shape.height, width: shape.width, channels: shape.channels, on: device)
    }

    /// Noise between this and another of the same shape: column by column on the arc between the two, which keeps the
    /// columns' lengths.
    ///
    /// Ken Shoemake, "Animating Rotation with Quaternion Curves", 1985. Reference: stable-diffusion-webui,
    /// `modules/rng.py`, `slerp`, with its way out where all columns are nearly parallel, of which the weights are the
    /// wrong way round.
    mutating func move(toward other: LatentNoise, by part: Float) {
        let (width, columns) = (shape.width, shape.channels * shape.width)
        func indices(of column: Int) -> some Sequence<Int> {
            let first = column / width * width * shape.height + column % width
            return stride(from: first, to: first + width * shape.height, by: width)
        }
        let cosines = (0..<columns).map { column -> Float in
            var (low, high, product): (Float, Float, Float) = (0, 0, 0)
            for index in indices(of: column) {
                low += values[index] * values[index]
                high += other.values[index] * other.values[index]
                product += values[index] * other.values[index]
            }
            return product / (low * high).squareRoot()
        }
        guard cosines.reduce(0, +) / Float(columns) <= 0.9995 else {
            for index in values.indices { values[index] = part * values[index] + (1 - part) * other.values[index] }
            return
        }
        for column in 0..<columns {
            let omega = acos(cosines[column])
            let sine = sin(omega)
            // Single numbers and parallel columns have no arc between them; the web UI divides by zero.
            let isArc = sine > 1e-6
            let low = isArc ? sin((1 - part) * omega) / sine : 1 - part
            let high = isArc ? sin(part * omega) / sine : part
            for index in indices(of: column) { values[index] = low * values[index] + high * other.values[index] }
        }
    }

    /// Replaces the middle by the middle of another's noise, as far as both reach.
    ///
    /// Reference: stable-diffusion-webui, `modules/rng.py`, `ImageRNG.first`.
    mutating func put(_ inner: LatentNoise) {
        func overlap(_ outer: Int, _ inner: Int) -> (from: Int, to: Int, count: Int) {
            // Python's floor division, of negative numbers too.
            let shift = Int((Double(outer - inner) / 2).rounded(.down))
            return shift >= 0 ? (0, shift, inner) : (-shift, 0, max(0, min(inner + 2 * shift, outer)))
        }
        let rows = overlap(shape.height, inner.shape.height)
        let columns = overlap(shape.width, inner.shape.width)
        for channel in 0..<shape.channels {
            for row in 0..<rows.count {
                let target = (channel * shape.height + rows.to + row) * shape.width + columns.to
                let source = (channel * inner.shape.height + rows.from + row) * inner.shape.width + columns.from
                for column in 0..<columns.count { values[target + column] = inner.values[source + column] }
            }
        }
    }
}
