package import NeuralNetwork

/// Real-ESRGAN's small network: convolutions of one width with PReLU, and a pixel shuffle, whose result is added to the
/// picture's pixels repeated.
///
/// Reference: basicsr's `SRVGGNetCompact` (Wang et al. 2021, arXiv:2107.10833; github.com/xinntao/Real-ESRGAN,
/// `realesrgan/archs/srvgg_arch.py`).
package struct SRVGGNetCompact: UpscalingNetwork {
    /// The network's name in the literature.
    package static let architecture = "SRVGGNetCompact"

    /// What the tensors' names and shapes say of the network.
    package struct Hyperparameters: Sendable, Equatable {
        /// Channels of every layer but the first's input and the last's output.
        package var features: Int
        /// Convolutions between the first and the last.
        package var convolutions: Int
        /// How many times it enlarges.
        package var scale: Int
    }

    /// What the tensors' names and shapes say of the network.
    package let hyperparameters: Hyperparameters

    /// Where the weights and the memory are.
    package let device: Device

    /// The convolutions, all but the last with its PReLU; the last one's outputs are ordered `[row, column, colour]` of the
    /// pixels that one pixel becomes.
    private let layers: [Conv2D]

    /// How many pixels of the result stand for one pixel of a picture's side.
    package var scale: Int { hyperparameters.scale }

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
        let last = try reader.convolution(
            "body.\(2 * found.convolutions + 2)", inputs: found.features, outputs: 3 * square,
            // In the file they are [colour, row, column].
            order: (0..<3 * square).map { $0 % 3 * square + $0 / 3 })
        self.layers = layers + [last]
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

    package func pass(width: Int, height: Int, scale: Int, tileSize: Int?) -> any UpscalingPass {
        let features = Array(repeating: hyperparameters.features, count: layers.count - 1)
        return StreamedPass(
            layers, channels: [3] + features + [3 * self.scale * self.scale], width: width, height: height,
            native: self.scale, scale: scale, tileSize: tileSize, on: device)
    }
}
