public import NeuralNetwork

/// Real-ESRGAN's small network: convolutions of one width with PReLU, and a pixel shuffle, whose result is added to the
/// picture's pixels repeated.
///
/// Reference: basicsr's `SRVGGNetCompact` (Wang et al. 2021, arXiv:2107.10833; github.com/xinntao/Real-ESRGAN,
/// `realesrgan/archs/srvgg_arch.py`).
public struct SRVGGNetCompact: UpscalingNetwork {
    /// The network's name in the literature.
    public static let architecture = "SRVGGNetCompact"

    /// What the tensors' names and shapes say of the network.
    public struct Hyperparameters: Sendable, Equatable {
        /// Channels of every layer but the first's input and the last's output.
        public var features: Int
        /// Convolutions between the first and the last.
        public var convolutions: Int
        /// How many times it enlarges.
        public var scale: Int
    }

    /// What the tensors' names and shapes say of the network.
    public let hyperparameters: Hyperparameters

    /// Where the weights and the memory are.
    public let device: Device

    /// All but the last, each with its PReLU.
    private let layers: [Conv2D]

    /// Its outputs are ordered `[row, column, colour]` of the pixels that one pixel becomes.
    private let last: Conv2D

    /// How many pixels of the result stand for one pixel of a picture's side.
    public var scale: Int { hyperparameters.scale }

    /// A pixel for each 3×3 convolution.
    public var reach: Int { hyperparameters.convolutions + 2 }

    /// There are no other layers.
    public var isExact: Bool { true }

    /// The side of the tiles in which convolutions are computed.
    public var alignment: Int { 4 }

    /// The side of the squares that a large picture is cut into.
    public var tileSize: Int { 256 }

    /// How many products and sums the network takes for one pixel of the picture.
    public var multiplyAddsPerPixel: Int {
        let (features, last) = (hyperparameters.features, 3 * scale * scale)
        return 9 * (3 * features + hyperparameters.convolutions * features * features + features * last)
    }

    /// About how many bytes a pass takes at most for a picture of so many pixels.
    public func workingBytes(pixels: Int) -> Int {
        let floats = 3 + 2 * hyperparameters.features + 2 * 3 * scale * scale
        return NetworkMemory.bytes(floats: floats * pixels, device: device, widest: hyperparameters.features)
    }

    /// Reads the network.
    ///
    /// - Parameter weights: `body.0.weight`, `body.0.bias`, `body.1.weight` (PReLU), …
    /// - Throws: `UpscalingError`.
    init(_ weights: Weights, on device: Device) throws(UpscalingError) {
        let found = try Self.hyperparameters(of: weights)
        let reader = NetworkReader(weights, on: device)
        var layers: [Conv2D] = []
        for index in 0...found.convolutions {
            let inputs = index == 0 ? 3 : found.features
            layers.append(
                try reader.convolution(
                    "body.\(2 * index)", inputs: inputs, outputs: found.features,
                    slopes: try reader.slopes("body.\(2 * index + 1).weight", count: found.features)))
        }
        let square = found.scale * found.scale
        last = try reader.convolution(
            "body.\(2 * found.convolutions + 2)", inputs: found.features, outputs: 3 * square,
            // A pixel shuffle takes them as [colour, row, column].
            order: (0..<3 * square).map { $0 % 3 * square + $0 / 3 })
        self.layers = layers
        self.device = device
        hyperparameters = found
    }

    /// Whether weights have the names of this network.
    static func recognises(_ weights: Weights) -> Bool { weights.contains("body.0.weight") }

    private static func hyperparameters(of weights: Weights) throws(UpscalingError) -> Hyperparameters {
        func refuse(_ problem: String) -> UpscalingError {
            .unsupportedNetwork(file: weights.place, network: architecture, problem: problem)
        }
        guard let first = weights.shape(of: "body.0.weight"), first.count == 4, first[1...] == [3, 3, 3] else {
            throw refuse("body.0.weight must be a 3×3 convolution of 3 channels, [features, 3, 3, 3]")
        }
        let features = first[0]
        guard (1...NetworkReader.mostFeatures).contains(features) else {
            throw refuse("it has \(features) features; 1 to \(NetworkReader.mostFeatures) are possible")
        }
        let numbers = weights.names.compactMap { name -> Int? in
            let parts = name.split(separator: ".")
            return parts.count == 3 && parts[0] == "body" && parts[2] == "weight" ? Int(parts[1]) : nil
        }
        let last = numbers.max() ?? 0
        guard last >= 2, last.isMultiple(of: 2), last <= 2 * NetworkReader.mostLayers else {
            throw refuse(
                "its last layer is body.\(last); convolutions have even numbers from 0 to "
                    + "\(2 * NetworkReader.mostLayers)")
        }
        guard let outputs = weights.shape(of: "body.\(last).weight")?.first,
            let scale = (2...4).first(where: { 3 * $0 * $0 == outputs })
        else {
            throw refuse("the outputs of body.\(last) must be 12, 27 or 48: 3 colours, enlarged 2, 3 or 4 times")
        }
        guard numbers.contains(1) else {
            throw refuse("it has no PReLU (body.1.weight), and files do not say which other activation is meant")
        }
        return Hyperparameters(features: features, convolutions: last / 2 - 1, scale: scale)
    }

    /// Enlarges a picture `[1, height, width, 3]` to `[1, scale × height, scale × width, 3]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.addingPixelsShuffled(last(layers.reduce(x) { x, layer in layer(x) }), scale: scale)
    }
}

extension Tensor {
    /// Each pixel repeated `scale` times in both directions, and to that added what a network says of each.
    ///
    /// - Parameter residual: `[1, height, width, scale × scale × channels]`, of each pixel `[row, column, channel]`.
    /// - Returns: `[1, scale × height, scale × width, channels]`.
    func addingPixelsShuffled(_ residual: Tensor, scale: Int) -> Tensor {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let result = Tensor(uninitialized: [1, scale * height, scale * width, channels], on: device)
        let (pixels, sums, target) = (pointer, residual.pointer, result.pointer)
        let run = scale * channels
        device.threads.forEachRange(height) { rows in
            for y in rows {
                for row in 0..<scale {
                    var from = sums + (y * width * scale + row) * run
                    var pixel = pixels + y * width * channels
                    var to = target + (y * scale + row) * width * run
                    for _ in 0..<width {
                        var index = 0
                        for _ in 0..<scale {
                            for channel in 0..<channels {
                                to[index] = from[index] + pixel[channel]
                                index &+= 1
                            }
                        }
                        from += scale * run
                        pixel += channels
                        to += run
                    }
                }
            }
        }
        return result
    }
}
