import CKernels

/// Group normalisation (Wu and He 2018, arXiv:1803.08494) over `[batch, height, width, channels]`.
public struct GroupNorm: Sendable {
    private let groups: Int
    private let channels: Int
    private let epsilon: Float
    private let weight: [Float]
    private let bias: [Float]

    /// Reads `weight` and `bias` `[channels]`.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, groups: Int, channels: Int, epsilon: Float, on device: Device) throws {
        self.init(
            weight: try weights.tensor("weight", shape: [channels], on: device),
            bias: try weights.tensor("bias", shape: [channels], on: device), groups: groups, epsilon: epsilon)
    }

    /// Makes a layer of a weight and a bias `[channels]`.
    public init(weight: Tensor, bias: Tensor, groups: Int, epsilon: Float) {
        precondition(weight.count % groups == 0, "\(weight.count) channels do not divide into \(groups) groups")
        self.groups = groups
        channels = weight.count
        self.epsilon = epsilon
        self.weight = weight.elements
        self.bias = bias.elements
    }

    /// Normalises each group of channels of each sample, then applies the activation; in place if nobody else holds `x`.
    public func callAsFunction(_ x: consuming Tensor, activation: Activation = .identity) -> Tensor {
        let batch = x.shape[0]
        let pixels = x.count / batch / channels
        let (scale, offset) = coefficients(of: x, batch: batch, pixels: pixels)
        let y = x.reusedOrNew()
        let (kernels, channels) = (x.device.kernels.table.pointee, channels)
        let (source, target) = (x.pointer, y.pointer)
        let (scales, offsets) = (scale.pointer, offset.pointer)
        x.device.forEachRange(batch * pixels, grain: max(1, (1 << 14) / channels)) { range in
            var pixel = range.lowerBound
            while pixel < range.upperBound {
                let sample = pixel / pixels
                let end = min(range.upperBound, (sample + 1) * pixels)
                kernels.scale_channels(
                    source + pixel * channels, target + pixel * channels, end - pixel, channels,
                    scales + sample * channels, offsets + sample * channels, activation.code)
                pixel = end
            }
        }
        return y
    }

    /// The scale and offset `[batch, channels]` that normalise and apply weight and bias in one multiplication.
    private func coefficients(of x: Tensor, batch: Int, pixels: Int) -> (scale: Tensor, offset: Tensor) {
        let (device, channels) = (x.device, channels)
        let kernels = device.kernels.table.pointee
        // Short runs of single-precision sums about a pixel of their own, put together in double precision, so that a
        // mean far from zero costs no accuracy.
        let chunk = 64
        let chunks = (pixels + chunk - 1) / chunk
        let sums = Tensor(uninitialized: [batch * chunks, 2, channels], on: device)
        let (source, partial) = (x.pointer, sums.pointer)
        device.forEachRange(batch * chunks, grain: max(1, (1 << 14) / channels / chunk)) { range in
            for index in range {
                let (sample, first) = (index / chunks, index % chunks * chunk)
                let target = partial + index * 2 * channels
                kernels.channel_sums(
                    source + (sample * pixels + first) * channels, min(chunk, pixels - first), channels, target,
                    target + channels)
            }
        }
        let scale = Tensor(uninitialized: [batch, channels], on: device)
        let offset = Tensor(uninitialized: [batch, channels], on: device)
        let (scales, offsets) = (scale.pointer, offset.pointer)
        let width = channels / groups
        let count = Double(pixels * width)
        device.forEachRange(batch * groups, grain: max(1, (1 << 14) / (chunks * width))) { range in
            for index in range {
                let (sample, first) = (index / groups, index % groups * width)
                var (sum, square) = (0.0, 0.0)
                for run in 0..<chunks {
                    let row = partial + (sample * chunks + run) * 2 * channels + first
                    let pivots = source + (sample * pixels + run * chunk) * channels + first
                    let length = Double(min(chunk, pixels - run * chunk))
                    for channel in 0..<width {
                        let (pivot, above) = (Double(pivots[channel]), Double(row[channel]))
                        sum += length * pivot + above
                        square += pivot * (length * pivot + 2 * above) + Double(row[channels + channel])
                    }
                }
                let mean = sum / count
                let inverse = 1 / (max(0, square / count - mean * mean) + Double(epsilon)).squareRoot()
                for channel in first..<first + width {
                    let factor = Double(weight[channel]) * inverse
                    scales[sample * channels + channel] = Float(factor)
                    offsets[sample * channels + channel] = Float(Double(bias[channel]) - mean * factor)
                }
            }
        }
        return (scale, offset)
    }
}
