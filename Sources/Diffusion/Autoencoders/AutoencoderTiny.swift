public import NeuralNetwork

/// The tiny autoencoder (Bohan 2023, github.com/madebyollin/taesd): convolutions and ReLU only, one width throughout.
///
/// Reference: diffusers, `models/autoencoders/autoencoder_tiny.py` and `vae.py`.
public struct AutoencoderTiny: Autoencoder {
    /// What the model's `config.json` says.
    public let configuration: AutoencoderTinyConfiguration

    private let encoderLayers: [Layer]
    private let decoderLayers: [Layer]

    /// One entry of the reference's sequence of layers.
    private enum Layer: Sendable {
        case convolution(Conv2D, activation: Activation)
        case upsamplingConvolution(Conv2D)
        case block(TinyBlock)

        func callAsFunction(_ x: Tensor) -> Tensor {
            switch self {
            case .convolution(let conv, let activation): conv(x, activation: activation)
            case .block(let block): block(x)
            case .upsamplingConvolution(let conv):
                conv.upsampling(x, height: 2 * x.shape[1], width: 2 * x.shape[2])
            }
        }
    }

    /// Reads the model's weights.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, configuration: AutoencoderTinyConfiguration, on device: Device) throws {
        self.configuration = configuration
        encoderLayers = try Self.encoder(weights["encoder"], configuration, on: device)
        decoderLayers = try Self.decoder(weights["decoder"], configuration, on: device)
    }

    /// The layers by their numbers in the checkpoint: each level is a convolution and its blocks.
    private static func encoder(
        _ weights: Weights, _ configuration: AutoencoderTinyConfiguration, on device: Device
    ) throws -> [Layer] {
        let width = configuration.encoderChannels
        var layers: [Layer] = []
        func scope() -> Weights { weights["layers.\(layers.count)"] }
        for (level, blocks) in configuration.encoderBlockCounts.enumerated() {
            let isFirst = level == 0
            let conv = try Conv2D(
                scope(), inputs: isFirst ? configuration.inChannels : width, outputs: width, stride: isFirst ? 1 : 2,
                hasBias: isFirst, on: device)
            layers.append(.convolution(conv, activation: .identity))
            for _ in 0..<blocks { layers.append(.block(try TinyBlock(scope(), width: width, on: device))) }
        }
        let last = try Conv2D(scope(), inputs: width, outputs: configuration.latentChannels, on: device)
        return layers + [.convolution(last, activation: .identity)]
    }

    private static func decoder(
        _ weights: Weights, _ configuration: AutoencoderTinyConfiguration, on device: Device
    ) throws -> [Layer] {
        let width = configuration.decoderChannels
        let first = try Conv2D(
            weights["layers.0"], inputs: configuration.latentChannels, outputs: width, on: device)
        var layers: [Layer] = [.convolution(first, activation: .relu)]
        // In the checkpoint's numbering, activations and upsamplings are layers of their own.
        var number = 2
        for (level, blocks) in configuration.decoderBlockCounts.enumerated() {
            let isLast = level == configuration.decoderBlockCounts.count - 1
            for _ in 0..<blocks {
                layers.append(.block(try TinyBlock(weights["layers.\(number)"], width: width, on: device)))
                number += 1
            }
            if !isLast { number += 1 }
            let conv = try Conv2D(
                weights["layers.\(number)"], inputs: width, outputs: isLast ? configuration.outChannels : width,
                hasBias: isLast, on: device)
            layers.append(isLast ? .convolution(conv, activation: .identity) : .upsamplingConvolution(conv))
            number += 1
        }
        return layers
    }

    /// What a latent is multiplied with before it meets the U-net.
    public var scalingFactor: Float { configuration.scalingFactor }

    /// How many pixels a latent's side stands for.
    public var scale: Int { configuration.scale }

    /// Channels of a latent.
    public var latentChannels: Int { configuration.latentChannels }

    /// It is made for this.
    public var isLight: Bool { true }

    /// Turns pictures into latents; draws no noise.
    public func encode(_ pictures: Tensor, noise: () -> Tensor) -> Tensor {
        encoderLayers.reduce(pictures.map { ($0 + 1) / 2 }) { x, layer in layer(x) }
    }

    /// Turns latents into pictures.
    public func decode(_ latents: Tensor) -> Tensor {
        let clamped = latents.map { ($0 / 3).hyperbolicTangent * 3 }
        return decoderLayers.reduce(clamped) { x, layer in layer(x) }.map { $0 * 2 - 1 }
    }
}

/// Three convolutions with a residual sum and ReLU.
private struct TinyBlock: Sendable {
    private let convolutions: [Conv2D]

    init(_ weights: Weights, width: Int, on device: Device) throws {
        convolutions = try [0, 2, 4].map { index in
            try Conv2D(weights["conv.\(index)"], inputs: width, outputs: width, on: device)
        }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = convolutions[1](convolutions[0](x, activation: .relu), activation: .relu)
        return Activation.relu(convolutions[2](h, adding: x))
    }
}
