import CKernels

/// A two-dimensional convolution over `[batch, height, width, channels]`.
///
/// 3×3 with stride 1 and padding 1 goes by Winograd's F(4×4, 3×3) once there are input channels enough to repay the
/// transforms; everything else sums the kernel positions directly. The layer alone decides, never the batch: a sample's
/// bits are the same in company as alone.
public struct Conv2D: Sendable {
    /// How many zeros surround the input.
    public struct Padding: Sendable {
        let top, left, bottom, right: Int

        /// The same on all sides.
        public static func all(_ count: Int) -> Padding {
            Padding(top: count, left: count, bottom: count, right: count)
        }

        /// One at the bottom and the right only, as the autoencoder's downsampling pads.
        public static let bottomRight = Padding(top: 0, left: 0, bottom: 1, right: 1)
    }

    let weights: PackedMatrix
    let planes: WinogradWeights?
    let zeros: Tensor
    let kernelSize: Int
    private let stride: Int
    private let padding: Padding

    /// Reads `weight` `[outputs, inputs, kernelSize, kernelSize]` and, if there is one, `bias` `[outputs]`.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(
        _ weights: Weights, inputs: Int, outputs: Int, kernelSize: Int = 3, stride: Int = 1, padding: Padding? = nil,
        hasBias: Bool = true, on device: Device
    ) throws {
        self.init(
            weight: try weights.tensor("weight", shape: [outputs, inputs, kernelSize, kernelSize], on: device),
            bias: hasBias ? try weights.tensor("bias", shape: [outputs], on: device) : nil,
            stride: stride, padding: padding)
    }

    /// Makes a layer of a weight `[outputs, inputs, size, size]` and a bias `[outputs]`.
    ///
    /// - Parameter slopes: What negative results are multiplied with, `[outputs]`: PReLU (He et al. 2015,
    ///   arXiv:1502.01852), in place of an activation that a call asks for; none when nil.
    public init(weight: Tensor, bias: Tensor?, slopes: Tensor? = nil, stride: Int = 1, padding: Padding? = nil) {
        let (outputs, inputs, size) = (weight.shape[0], weight.shape[1], weight.shape[2])
        kernelSize = size
        self.stride = stride
        self.padding = padding ?? .all(size / 2)
        weights = PackedMatrix(weight.tapsBeforeInputs(outputs, inputs, size * size), bias: bias, slopes: slopes)
        zeros = Tensor(shape: [inputs], on: weight.device)
        planes = size == 3 && stride == 1 ? WinogradWeights(weights) : nil
    }

    /// Convolves.
    ///
    /// - Parameters:
    ///   - x: `[batch, height, width, inputs]`.
    ///   - shift: Added to every pixel of a sample before the activation, like a time embedding; `[batch, outputs]`.
    ///   - activation: Applied to the sum.
    ///   - residual: Added after the activation; the result's shape.
    /// - Returns: `[batch, height′, width′, outputs]`.
    public func callAsFunction(
        _ x: Tensor, shift: Tensor? = nil, activation: Activation = .identity, adding residual: Tensor? = nil
    ) -> Tensor {
        convolve(Call(input: x, upsampling: 0, shift: shift, activation: activation, residual: residual))
    }

    /// Convolves what upsampling to nearest neighbours makes of `x`, which for a doubled size is never made.
    ///
    /// - Parameters:
    ///   - x: `[batch, h, w, inputs]`.
    ///   - height: The height to upsample to.
    ///   - width: The width to upsample to.
    ///   - activation: Applied to the sum.
    /// - Returns: `[batch, height, width, outputs]`.
    public func upsampling(_ x: Tensor, height: Int, width: Int, activation: Activation = .identity) -> Tensor {
        guard height == 2 * x.shape[1] && width == 2 * x.shape[2] else {
            return self(x.upsampledNearest(height: height, width: width), activation: activation)
        }
        return convolve(Call(input: x, upsampling: 1, shift: nil, activation: activation, residual: nil))
    }

    /// What one call is given.
    private struct Call {
        let input: Tensor
        /// How often the input's size is doubled on the way in.
        let upsampling: Int
        let shift: Tensor?
        let activation: Activation
        let residual: Tensor?

        var batch: Int { input.shape[0] }
        var height: Int { input.shape[1] << upsampling }
        var width: Int { input.shape[2] << upsampling }
    }

    private func convolve(_ call: Call) -> Tensor {
        let x = call.input
        precondition(x.shape[3] == weights.inputs, "a layer of \(weights.inputs) channels was given \(x.shape)")
        let outHeight = (call.height + padding.top + padding.bottom - kernelSize) / stride + 1
        let outWidth = (call.width + padding.left + padding.right - kernelSize) / stride + 1
        let y = Tensor(uninitialized: [call.batch, outHeight, outWidth, weights.outputs], on: x.device)
        precondition(call.residual == nil || call.residual?.shape == y.shape, "a residual must have the result's shape")
        let tiles = call.batch * ((call.height + 3) / 4) * ((call.width + 3) / 4)
        if isSimple && Winograd.repays(inputs: weights.inputs) {
            x.device.work.add(multiplyAdds: y.count * weights.inputs * weights.taps)
            winograd(call, into: y, tiles: tiles)
        } else {
            direct(call, into: y)
        }
        return y
    }

    /// Whether it is 3×3 and leaves a map's size as it is.
    var isSimple: Bool { kernelSize == 3 && stride == 1 && padding.top == 1 && padding.bottom == 1 }

    private func direct(_ call: Call, into y: Tensor) {
        var gemm = ck_gemm()
        let (height, width) = (y.shape[1], y.shape[2])
        (gemm.out_height, gemm.out_width) = (height, width)
        gemm.m = call.batch * height * width
        gemm.lda = weights.inputs
        gemm.kernel_width = kernelSize
        gemm.stride = stride
        gemm.c = y.pointer
        gemm.shift = (call.shift?.pointer).map { UnsafePointer($0) }
        gemm.shift_rows = height * width
        gemm.residual = (call.residual?.pointer).map { UnsafePointer($0) }
        gemm.ldr = weights.outputs
        gemm.activation = call.activation.code
        // Pixels of a map with zeros round it are the same distance apart at every kernel position, which kernels for few
        // rows make use of; a small map is soon copied.
        let isPadded = kernelSize > 1 && call.upsampling == 0 && gemm.m <= Self.mostPaddedPixels
        let input = isPadded ? padded(call.input) : call.input
        (gemm.height, gemm.width) = (input.shape[1] << call.upsampling, input.shape[2] << call.upsampling)
        gemm.upsampling = UInt32(call.upsampling)
        let isProduct = kernelSize == 1 && stride == 1 && call.upsampling == 0
        if !isPadded && !isProduct {
            gemm.zeros = UnsafePointer(zeros.pointer)
            (gemm.pad_top, gemm.pad_left) = (padding.top, padding.left)
        }
        gemm.a = UnsafePointer(input.pointer)
        withExtendedLifetime(input) { weights.run(gemm, on: y.device) }
    }

    /// The most pixels of a result whose input is copied to have zeros round it.
    private static let mostPaddedPixels = 96

    /// A map `[batch, height, width, inputs]` with the layer's zeros round it.
    private func padded(_ x: Tensor) -> Tensor {
        let (batch, height, width) = (x.shape[0], x.shape[1], x.shape[2])
        let (rows, columns) = (height + padding.top + padding.bottom, width + padding.left + padding.right)
        let inputs = weights.inputs
        let result = Tensor(uninitialized: [batch, rows, columns, inputs], on: x.device)
        let (source, target, top, left) = (x.pointer, result.pointer, padding.top, padding.left)
        x.device.forEachRange(batch * rows, grain: max(1, (1 << 14) / (columns * inputs))) { range in
            for index in range {
                let to = target + index * columns * inputs
                to.update(repeating: 0, count: columns * inputs)
                let row = index % rows - top
                guard (0..<height).contains(row) else { continue }
                let from = source + (index / rows * height + row) * width * inputs
                (to + left * inputs).update(from: from, count: width * inputs)
            }
        }
        return result
    }

    private func winograd(_ call: Call, into y: Tensor, tiles: Int) {
        var convolution = ck_winograd()
        (convolution.batch, convolution.height, convolution.width) = (call.batch, call.height, call.width)
        convolution.upsampling = UInt32(call.upsampling)
        (convolution.in_channels, convolution.out_channels) = (weights.inputs, weights.outputs)
        convolution.input = UnsafePointer(call.input.pointer)
        convolution.weights = UnsafeRawPointer(weights.elements)
        convolution.half = weights.isHalf
        convolution.planes = planes.map { UnsafePointer($0.elements) }
        convolution.output = y.pointer
        convolution.bias = weights.bias.map { UnsafePointer($0) }
        convolution.shift = (call.shift?.pointer).map { UnsafePointer($0) }
        convolution.residual = (call.residual?.pointer).map { UnsafePointer($0) }
        convolution.activation = call.activation.code
        convolution.slope = weights.slopes.map { UnsafePointer($0) }
        convolution.zeros = UnsafePointer(zeros.pointer)
        // Where there are few columns, transforming the weights once more costs less than waiting for other threads.
        if weights.panels == 1 && tiles >= Winograd.tilesPerPart * y.device.threads.count {
            convolveParts(convolution, tiles: tiles, on: y.device)
        } else {
            convolveBlocks(convolution, tiles: tiles, on: y.device)
        }
    }

    /// Each thread takes its tiles all the way from pixels to pixels, with the one panel that there is.
    private func convolveParts(_ convolution: ck_winograd, tiles: Int, on device: Device) {
        let kernels = device.kernels.table.pointee
        let most = Winograd.tilesInCache(inputs: weights.inputs, outputs: weights.outputs)
        let parts = (tiles + most - 1) / most
        var convolution = convolution
        let (transformed, size) = transformed(&convolution, tiles: (tiles + parts - 1) / parts, on: device)
        let (scratch, scratchSize) = scratch(tiles: (tiles + parts - 1) / parts, on: device)
        let (planes, sums) = (transformed.pointer, scratch.pointer)
        let shared = convolution
        device.forEach(parts) { part, thread in
            var work = shared
            work.first_tile = tiles * part / parts
            work.tiles = tiles * (part + 1) / parts - work.first_tile
            work.transformed = planes + thread * size
            kernels.winograd_input(&work, 0, work.tiles)
            kernels.winograd_products(
                &work, 0, kernels.panel / kernels.lanes, 0, work.tiles, sums + thread * scratchSize)
        }
    }

    /// Memory for so many transformed tiles a thread, and how much a thread has of it.
    func transformed(_ work: inout ck_winograd, tiles: Int, on device: Device) -> (Tensor, size: Int) {
        work.plane = Winograd.plane(tiles: tiles, inputs: weights.inputs)
        let size = Winograd.transformed(tiles: tiles, inputs: weights.inputs)
        return (Tensor(uninitialized: [device.threads.count, size], on: device), size)
    }

    /// Memory for the products of so many tiles a thread, and how much a thread has of it.
    func scratch(tiles: Int, on device: Device) -> (Tensor, size: Int) {
        let size = device.kernels.winogradScratch(tiles: tiles)
        return (Tensor(uninitialized: [device.threads.count, size], on: device), size)
    }

    /// All threads transform a block of tiles, and then share out the panels of weights.
    private func convolveBlocks(_ convolution: ck_winograd, tiles: Int, on device: Device) {
        let kernels = device.kernels.table.pointee
        let block = min(tiles, Winograd.tilesPerBlock)
        var convolution = convolution
        convolution.plane = Winograd.plane(tiles: block, inputs: weights.inputs)
        let transformed = Tensor(
            uninitialized: [Winograd.transformed(tiles: block, inputs: weights.inputs)], on: device)
        convolution.transformed = transformed.pointer
        let (scratch, scratchSize) = scratch(tiles: min(tiles, Winograd.tilesPerPart), on: device)
        let sums = scratch.pointer
        for first in Swift.stride(from: 0, to: tiles, by: block) {
            convolution.first_tile = first
            convolution.tiles = min(block, tiles - first)
            let work = convolution
            device.forEachRange(work.tiles) { range in
                var work = work
                kernels.winograd_input(&work, range.lowerBound, range.upperBound)
            }
            let (ranges, tileRanges) = productRanges(tiles: work.tiles, threads: device.threads.count)
            device.forEach(ranges.count * tileRanges) { part, thread in
                var work = work
                let (range, index) = (ranges[part / tileRanges], part % tileRanges)
                kernels.winograd_products(
                    &work, range.lowerBound, range.upperBound, work.tiles * index / tileRanges,
                    work.tiles * (index + 1) / tileRanges, sums + thread * scratchSize)
            }
        }
    }

    /// How the products of a block of tiles are shared out: ranges of vectors of columns, times ranges of tiles.
    private func productRanges(tiles: Int, threads: Int) -> ([Range<Int>], tileRanges: Int) {
        let least = (tiles + Winograd.tilesPerPart - 1) / Winograd.tilesPerPart
        let vectors = (weights.outputs + weights.device.kernels.lanes - 1) / weights.device.kernels.lanes
        // Columns that do not divide evenly leave a thread waiting; tiles do, but every range transforms the weights.
        if weights.panels < threads && !vectors.isMultiple(of: threads) && tiles >= 16 * threads {
            return ([0..<vectors], max(least, threads))
        }
        let isEven = weights.panels >= 4 * threads || (weights.panels * least).isMultiple(of: threads)
        return (weights.columnRanges(isEven ? weights.panels : threads, grain: 1), least)
    }
}

extension Tensor {
    /// A convolution's weights `[outputs, inputs, taps]` as `[outputs, taps, inputs]`.
    fileprivate func tapsBeforeInputs(_ outputs: Int, _ inputs: Int, _ taps: Int) -> Tensor {
        guard taps > 1 else { return reshaped(outputs, 1, inputs) }
        let result = Tensor(uninitialized: [outputs, taps, inputs], on: device)
        let (source, target) = (pointer, result.pointer)
        device.threads.forEachRange(outputs) { range in
            for output in range {
                let (from, to) = (source + output * inputs * taps, target + output * inputs * taps)
                for input in 0..<inputs {
                    for tap in 0..<taps { to[tap * inputs + input] = from[input * taps + tap] }
                }
            }
        }
        return result
    }
}
