import Imaging
package import NeuralNetwork

/// ESRGAN's and Real-ESRGAN's large network: residual-in-residual dense blocks, then two upsamplings.
///
/// Reference: basicsr's `RRDBNet` (Wang et al. 2018, arXiv:1809.00219; github.com/XPixelGroup/BasicSR,
/// `basicsr/archs/rrdbnet_arch.py`).
package struct RRDBNet: UpscalingNetwork {
    /// The network's name in the literature.
    package static let architecture = "RRDBNet"

    /// What the tensors' names and shapes say of the network.
    package struct Hyperparameters: Sendable, Equatable {
        /// Channels of the trunk.
        package var features: Int
        /// Channels that each layer of a dense block adds.
        package var growth: Int
        /// Residual-in-residual dense blocks.
        package var blocks: Int
        /// How many times it enlarges: four times what is left of the picture when the squares of `4 / scale` pixels have
        /// become channels.
        package var scale: Int

        /// The side of the squares whose pixels become channels before the first layer.
        var unshuffle: Int { 4 / scale }
    }

    /// What the tensors' names and shapes say of the network.
    package let hyperparameters: Hyperparameters

    /// Where the weights and the memory are.
    package let device: Device

    private let first, body, firstUp, secondUp, high, last: Conv2D
    private let blocks: [ResidualInResidualDenseBlock]

    /// How many pixels of the result stand for one pixel of a picture's side.
    package var scale: Int { hyperparameters.scale }

    /// How many products and sums the network takes for one pixel of the picture.
    private var multiplyAddsPerPixel: Int {
        let (features, growth, unshuffle) = (
            hyperparameters.features, hyperparameters.growth, hyperparameters.unshuffle
        )
        let growing = (0..<4).reduce(0) { $0 + (features + $1 * growth) * growth }
        let dense = growing + (features + 4 * growth) * features
        let trunk = 3 * unshuffle * unshuffle * features + hyperparameters.blocks * 3 * dense + features * features
        let up = 4 * features * features + 16 * (2 * features * features + 3 * features)
        return 9 * (trunk + up) / (unshuffle * unshuffle)
    }

    /// About how many bytes it takes at most to enlarge a part of so many of a picture's pixels.
    private func workingBytes(pixels: Int, part: Int) -> Int {
        let (features, growth, unshuffle) = (
            hyperparameters.features, hyperparameters.growth, hyperparameters.unshuffle
        )
        let dense = (0...4).reduce(0) { $0 + features + $1 * growth } + 4 * growth
        let trunk = 3 * unshuffle * unshuffle + 5 * features + dense
        let up = 5 * features + 16 * (2 * features + 6)
        let square = unshuffle * unshuffle
        return NetworkMemory.bytes(
            floats: trunk * (pixels / square + 1) + up * (part / square + 1), device: device,
            widest: features + 4 * growth)
    }

    /// Reads the network.
    ///
    /// - Parameter weights: `conv_first.weight`, `body.0.rdb1.conv1.weight`, …, `conv_body.weight`, `conv_up1.weight`,
    ///   `conv_up2.weight`, `conv_hr.weight`, `conv_last.weight`, each with its bias.
    /// - Throws: `UpscalingError`.
    init(_ weights: Weights, on device: Device) throws(UpscalingError) {
        let found = try Self.hyperparameters(of: weights)
        let reader = NetworkReader(weights, on: device)
        let features = found.features
        let slopes = reader.slopes(0.2, count: features)
        first = try reader.convolution(
            "conv_first", inputs: 3 * found.unshuffle * found.unshuffle, outputs: features)
        var blocks: [ResidualInResidualDenseBlock] = []
        for index in 0..<found.blocks {
            blocks.append(try ResidualInResidualDenseBlock(reader, "body.\(index)", found))
        }
        self.blocks = blocks
        body = try reader.convolution("conv_body", inputs: features, outputs: features)
        firstUp = try reader.convolution("conv_up1", inputs: features, outputs: features, slopes: slopes)
        secondUp = try reader.convolution("conv_up2", inputs: features, outputs: features, slopes: slopes)
        high = try reader.convolution("conv_hr", inputs: features, outputs: features, slopes: slopes)
        last = try reader.convolution("conv_last", inputs: features, outputs: 3)
        self.device = device
        hyperparameters = found
    }

    /// Whether weights have the names of this network.
    static func recognises(_ weights: Weights) -> Bool {
        weights.contains("conv_first.weight") && weights.contains("body.0.rdb1.conv1.weight")
    }

    private static func hyperparameters(of weights: Weights) throws(UpscalingError) -> Hyperparameters {
        func refuse(_ problem: String) -> UpscalingError {
            .unsupportedNetwork(file: weights.place, network: architecture, problem: problem)
        }
        guard let first = weights.shape(of: "conv_first.weight"), first.count == 4,
            let grown = weights.shape(of: "body.0.rdb1.conv1.weight"), grown.count == 4
        else { throw refuse("conv_first.weight and body.0.rdb1.conv1.weight must be convolutions of four dimensions") }
        let (features, growth) = (first[0], grown[0])
        for (name, count) in [("features", features), ("channels of growth", growth)]
        where !(1...NetworkReader.mostFeatures).contains(count) {
            throw refuse("it has \(count) \(name); 1 to \(NetworkReader.mostFeatures) are possible")
        }
        guard let scale = [3: 4, 12: 2][first[1]] else {
            throw refuse(
                "conv_first has \(first[1]) input channels; 3 are those of a ×4 network, 12 those of a ×2 network")
        }
        let numbers = weights.names.compactMap { name -> Int? in
            let parts = name.split(separator: ".")
            return parts.count == 5 && parts[0] == "body" ? Int(parts[1]) : nil
        }
        let blocks = numbers.max().map { $0 < Int.max ? $0 + 1 : $0 } ?? 0
        guard (1...NetworkReader.mostLayers).contains(blocks) else {
            throw refuse("it has \(blocks) blocks; 1 to \(NetworkReader.mostLayers) are possible")
        }
        return Hyperparameters(features: features, growth: growth, blocks: blocks, scale: scale)
    }

    /// Enlarges a picture `[1, height, width, 3]` to `[1, scale × height, scale × width, 3]`.
    package func callAsFunction(_ x: Tensor) -> Tensor {
        enlarge(x, PixelRectangle(x: 0, y: 0, width: x.shape[2], height: x.shape[1]))
    }

    /// Enlarges a part of a picture `[1, height, width, 3]`, which begins at multiples of ``alignment``.
    ///
    /// Where squares of pixels become channels, a side that is no multiple of theirs is continued by its last pixels. Only
    /// the blocks look far around: what lies outside the part is left out after them, before pictures get large.
    private func enlarge(_ x: Tensor, _ part: PixelRectangle) -> Tensor {
        let side = hyperparameters.unshuffle
        let features = first(x.pixelsUnshuffled(side))
        let all = body(blocks.reduce(features) { x, block in block(x) }, adding: features)
        let (rows, columns) = ((part.height + side - 1) / side, (part.width + side - 1) / side)
        let trunk = all.part(x: part.x / side, y: part.y / side, width: columns, height: rows)
        let middle = firstUp.upsampling(trunk, height: 2 * rows, width: 2 * columns)
        let large = last(high(secondUp.upsampling(middle, height: 4 * rows, width: 4 * columns)))
        return large.part(x: 0, y: 0, width: scale * part.width, height: scale * part.height)
    }
}

extension RRDBNet {
    /// How far around a tile the network is to see: its convolutions reach hundreds of pixels, but what is further away than
    /// this moves hardly a byte of the published networks' results by more than one.
    private var margin: Int { 64 * hyperparameters.unshuffle }

    /// Parts begin where convolutions' tiles do, and the layers after the blocks look less far than that.
    private var alignment: Int { 4 * hyperparameters.unshuffle }

    package func pass(width: Int, height: Int, scale: Int, tileSize: Int?) -> any UpscalingPass {
        TiledPass(
            native: self.scale, width: width, height: height, scale: scale,
            tileSize: tileSize ?? 192 * hyperparameters.unshuffle, alignment: alignment, margin: margin,
            multiplyAddsPerPixel: multiplyAddsPerPixel, workingBytes: workingBytes, on: device, enlarge: enlarge)
    }
}

/// Three dense blocks, whose result counts a fifth beside what went in.
private struct ResidualInResidualDenseBlock: Sendable {
    private let denseBlocks: [DenseBlock]

    init(_ reader: NetworkReader, _ name: String, _ sizes: RRDBNet.Hyperparameters) throws(UpscalingError) {
        var blocks: [DenseBlock] = []
        for index in 1...3 { blocks.append(try DenseBlock(reader, "\(name).rdb\(index)", sizes)) }
        denseBlocks = blocks
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        x.adding(denseBlocks.reduce(x) { x, block in block(x) }, times: DenseBlock.residualScale)
    }
}

/// Five convolutions, each of which sees the results of all before it.
private struct DenseBlock: Sendable {
    /// What a block's result is multiplied with before its input is added.
    static let residualScale: Float = 0.2

    private let growing: [Conv2D]
    private let last: Conv2D

    init(_ reader: NetworkReader, _ name: String, _ sizes: RRDBNet.Hyperparameters) throws(UpscalingError) {
        let slopes = reader.slopes(0.2, count: sizes.growth)
        var growing: [Conv2D] = []
        for index in 0..<4 {
            growing.append(
                try reader.convolution(
                    "\(name).conv\(index + 1)", inputs: sizes.features + index * sizes.growth, outputs: sizes.growth,
                    slopes: slopes))
        }
        self.growing = growing
        last = try reader.convolution(
            "\(name).conv5", inputs: sizes.features + 4 * sizes.growth, outputs: sizes.features,
            factor: Self.residualScale)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var seen = x
        for layer in growing { seen = .concatenatingChannels([seen, layer(seen)]) }
        return last(seen, adding: x)
    }
}

extension Tensor {
    /// This tensor plus another of its shape times a factor.
    fileprivate func adding(_ other: Tensor, times factor: Float) -> Tensor {
        let result = Tensor(uninitialized: shape, on: device)
        let (left, right, target) = (pointer, other.pointer, result.pointer)
        device.threads.forEachRange(count, grain: 1 << 14) { range in
            for index in range { target[index] = left[index] + factor * right[index] }
        }
        return result
    }

    /// Squares of pixels as channels: `[1, height / side, width / side, channels × side × side]`, of each square
    /// `[channel, row, column]`, the last pixels repeated where a square reaches beyond the picture.
    fileprivate func pixelsUnshuffled(_ side: Int) -> Tensor {
        guard side > 1 else { return self }
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
        let result = Tensor(uninitialized: [1, rows, columns, channels * side * side], on: device)
        let (source, target) = (pointer, result.pointer)
        for y in 0..<rows {
            for x in 0..<columns {
                let to = target + (y * columns + x) * channels * side * side
                for row in 0..<side {
                    for column in 0..<side {
                        let (top, left) = (min(height - 1, y * side + row), min(width - 1, x * side + column))
                        for channel in 0..<channels {
                            to[(channel * side + row) * side + column] =
                                source[(top * width + left) * channels + channel]
                        }
                    }
                }
            }
        }
        return result
    }

    /// A part of a map.
    fileprivate func part(x: Int, y: Int, width: Int, height: Int) -> Tensor {
        guard shape[1] != height || shape[2] != width else { return self }
        let (columns, channels) = (shape[2], shape[3])
        let result = Tensor(uninitialized: [1, height, width, channels], on: device)
        let (source, target) = (pointer + (y * columns + x) * channels, result.pointer)
        for row in 0..<height {
            (target + row * width * channels).update(from: source + row * columns * channels, count: width * channels)
        }
        return result
    }
}
