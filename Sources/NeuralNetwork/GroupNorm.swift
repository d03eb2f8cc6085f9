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
        let y = x.reusedOrNew()
        let map = Map(x: UnsafePointer(x.pointer), batch: x.shape[0], pixels: x.count / x.shape[0] / channels)
        let (threads, lanes) = (x.device.threads.count, x.device.kernels.lanes)
        let isDivisible = groups.isMultiple(of: threads) && channels.isMultiple(of: lanes * threads)
        if isDivisible && x.count <= Self.mostByChannels {
            normalizeByChannels(map, to: y, activation)
        } else {
            normalizeByPixels(map, to: y, activation)
        }
        return y
    }

    /// The largest map that threads share out by channels: they read lines of the cache that others have written, and do
    /// not wait for each other.
    private static let mostByChannels = 1 << 17

    /// Pixels whose sums are single precision. Short runs of them about a pixel of their own, put together in double
    /// precision, keep a mean far from zero from costing accuracy.
    private static let run = 64

    /// What is normalised.
    private struct Map {
        let x: UnsafePointer<Float>
        let batch: Int
        let pixels: Int

        var runs: Int { (pixels + run - 1) / run }

        /// The pixels of a run.
        func range(_ index: Int) -> Range<Int> { index * run..<min(pixels, (index + 1) * run) }
    }

    /// One operation: every thread normalises some groups of every sample.
    private func normalizeByChannels(_ map: Map, to y: Tensor, _ activation: Activation) {
        let device = y.device
        let (kernels, slices) = (device.kernels.table.pointee, device.threads.count)
        let (width, target) = (channels / slices, y.pointer)
        let size = (2 * map.runs + 2) * width
        let scratch = Tensor(uninitialized: [slices, size], on: device)
        let scratches = scratch.pointer
        device.forEach(map.batch * slices) { [self] part, thread in
            let (sample, slice) = (part / slices, part % slices)
            let first = sample * map.pixels * channels + slice * width
            let sums = scratches + thread * size
            let (scale, offset) = (sums + 2 * map.runs * width, sums + (2 * map.runs + 1) * width)
            for index in 0..<map.runs {
                let (range, row) = (map.range(index), sums + 2 * index * width)
                kernels.channel_sums(
                    map.x + first + range.lowerBound * channels, range.count, width, channels, row, row + width)
            }
            for group in 0..<groups / slices {
                let channel = group * (channels / groups)
                setCoefficients(
                    of: slice * (groups / slices) + group, map, x: map.x + first + channel, sums: sums + channel,
                    width: width, scale: scale + channel, offset: offset + channel)
            }
            kernels.scale_channels(
                map.x + first, target + first, map.pixels, width, channels, scale, offset, activation.code)
        }
    }

    /// Three operations: sums by pixels, coefficients by groups, the result by pixels.
    private func normalizeByPixels(_ map: Map, to y: Tensor, _ activation: Activation) {
        let (device, channels, pixels, runs) = (y.device, channels, map.pixels, map.runs)
        let kernels = device.kernels.table.pointee
        let sums = Tensor(uninitialized: [map.batch * runs, 2, channels], on: device)
        let partial = sums.pointer
        device.forEachRange(map.batch * runs, grain: max(1, (1 << 14) / channels / Self.run)) { range in
            for index in range {
                let (sample, part) = (index / runs, map.range(index % runs))
                let target = partial + index * 2 * channels
                kernels.channel_sums(
                    map.x + (sample * pixels + part.lowerBound) * channels, part.count, channels, channels, target,
                    target + channels)
            }
        }
        let scale = Tensor(uninitialized: [map.batch, channels], on: device)
        let offset = Tensor(uninitialized: [map.batch, channels], on: device)
        let (scales, offsets) = (scale.pointer, offset.pointer)
        let width = channels / groups
        device.forEachRange(map.batch * groups, grain: max(1, (1 << 14) / (runs * width))) { [self] range in
            for index in range {
                let (sample, first) = (index / groups, index % groups * width)
                setCoefficients(
                    of: index % groups, map, x: map.x + sample * pixels * channels + first,
                    sums: partial + sample * runs * 2 * channels + first, width: channels,
                    scale: scales + sample * channels + first, offset: offsets + sample * channels + first)
            }
        }
        let target = y.pointer
        device.forEachRange(map.batch * pixels, grain: max(1, (1 << 14) / channels)) { range in
            var pixel = range.lowerBound
            while pixel < range.upperBound {
                let sample = pixel / pixels
                let end = min(range.upperBound, (sample + 1) * pixels)
                kernels.scale_channels(
                    map.x + pixel * channels, target + pixel * channels, end - pixel, channels, channels,
                    scales + sample * channels, offsets + sample * channels, activation.code)
                pixel = end
            }
        }
    }

    /// Sets the scale and the offset of a group's channels, which normalise and apply weight and bias in one
    /// multiplication.
    ///
    /// - Parameters:
    ///   - x: The group's first channel in a sample's first pixel.
    ///   - sums: The group's first channel in the sample's sums, `[runs, 2, width]`.
    private func setCoefficients(
        of group: Int, _ map: Map, x: UnsafePointer<Float>, sums: UnsafePointer<Float>, width: Int,
        scale: UnsafeMutablePointer<Float>, offset: UnsafeMutablePointer<Float>
    ) {
        let count = channels / groups
        var (sum, square) = (0.0, 0.0)
        for index in 0..<map.runs {
            let row = sums + index * 2 * width
            let pivots = x + map.range(index).lowerBound * channels
            let length = Double(map.range(index).count)
            for channel in 0..<count {
                let (pivot, above) = (Double(pivots[channel]), Double(row[channel]))
                sum += length * pivot + above
                square += pivot * (length * pivot + 2 * above) + Double(row[width + channel])
            }
        }
        let total = Double(map.pixels * count)
        let mean = sum / total
        let inverse = 1 / (max(0, square / total - mean * mean) + Double(epsilon)).squareRoot()
        for channel in 0..<count {
            let factor = Double(weight[group * count + channel]) * inverse
            scale[channel] = Float(factor)
            offset[channel] = Float(Double(bias[group * count + channel]) - mean * factor)
        }
    }
}
