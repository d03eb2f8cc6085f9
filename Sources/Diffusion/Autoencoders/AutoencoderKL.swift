public import NeuralNetwork

/// The autoencoder of latent diffusion (Rombach et al. 2022, arXiv:2112.10752).
///
/// Reference: diffusers, `models/autoencoders/autoencoder_kl.py` and `vae.py`.
public struct AutoencoderKL: Autoencoder {
    /// What the model's `config.json` says.
    public let configuration: AutoencoderKLConfiguration

    private let encoder: Encoder
    private let quantConv: Conv2D?
    private let postQuantConv: Conv2D?
    private let decoder: Decoder
    private let plannedDecoder: Planned

    /// Reads the model's weights.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, configuration: AutoencoderKLConfiguration, on device: Device) throws {
        self.configuration = configuration
        let latent = configuration.latentChannels
        encoder = try Encoder(weights["encoder"], configuration: configuration, on: device)
        quantConv =
            configuration.usesQuantConvolution
            ? try Conv2D(weights["quant_conv"], inputs: 2 * latent, outputs: 2 * latent, kernelSize: 1, on: device)
            : nil
        postQuantConv =
            configuration.usesPostQuantConvolution
            ? try Conv2D(weights["post_quant_conv"], inputs: latent, outputs: latent, kernelSize: 1, on: device) : nil
        decoder = try Decoder(weights["decoder"], configuration: configuration, on: device)
        plannedDecoder = Planned(on: device)
    }

    /// What a latent is multiplied with before it meets the U-net.
    public var scalingFactor: Float { configuration.scalingFactor }

    /// How many pixels a latent's side stands for.
    public var scale: Int { configuration.scale }

    /// Channels of a latent.
    public var latentChannels: Int { configuration.latentChannels }

    /// Whether there are few channels where there are most pixels: Stable Diffusion's has 128, the bundled model's 16.
    public var isLight: Bool { configuration.blockOutChannels[0] <= 32 }

    /// The mean and the logarithm of the variance of the latents' distribution, `[batch, h, w, latentChannels]` each.
    public func distribution(of pictures: Tensor) -> (mean: Tensor, logVariance: Tensor) {
        let moments = encoder(pictures)
        let both = quantConv?(moments) ?? moments
        let (shape, latent) = (Array(both.shape.dropLast()) + [latentChannels], latentChannels)
        var mean = Tensor(shape: shape, on: both.device)
        var logVariance = Tensor(shape: shape, on: both.device)
        both.withElements { both in
            mean.withMutableElements { mean in
                logVariance.withMutableElements { logVariance in
                    for index in mean.indices {
                        let at = index / latent * 2 * latent + index % latent
                        mean[index] = both[at]
                        logVariance[index] = min(20, max(-30, both[at + latent]))
                    }
                }
            }
        }
        return (mean, logVariance)
    }

    /// Draws latents from the pictures' distribution.
    public func encode(_ pictures: Tensor, noise: () -> Tensor) -> Tensor {
        let (mean, logVariance) = distribution(of: pictures)
        let deviation = logVariance.map { (0.5 * $0).exponential }
        return mean + deviation.zip(noise()) { $0 * $1 }
    }

    /// Turns latents into pictures.
    public func decode(_ latents: Tensor) -> Tensor {
        let pixels = latents.count / latentChannels * scale * scale
        guard pixels * configuration.blockOutChannels[0] <= Self.mostPlanned else { return decoded(latents) }
        return plannedDecoder([latents]) { inputs, _ in decoded(inputs[0]) }
    }

    /// The most numbers in the last feature map of a decoding that is run as a plan; in larger ones the work is all.
    private static let mostPlanned = 1 << 19

    private func decoded(_ latents: Tensor) -> Tensor { decoder(postQuantConv?(latents) ?? latents) }
}

/// Pictures to the moments of latents.
private struct Encoder: Sendable {
    private let convIn: Conv2D
    private let levels: [(resnets: [ResnetBlock2D], downsampler: Conv2D?)]
    private let midBlock: MidBlock
    private let convNormOut: GroupNorm
    private let convOut: Conv2D

    init(_ weights: Weights, configuration: AutoencoderKLConfiguration, on device: Device) throws {
        let (channels, groups) = (configuration.blockOutChannels, configuration.normGroupCount)
        let last = channels[channels.count - 1]
        convIn = try Conv2D(weights["conv_in"], inputs: configuration.inChannels, outputs: channels[0], on: device)
        levels = try channels.indices.map { level in
            let block = weights["down_blocks.\(level)"]
            let (input, output) = (channels[max(level - 1, 0)], channels[level])
            let resnets = try (0..<configuration.layersPerBlock).map { layer in
                try ResnetBlock2D(
                    block["resnets.\(layer)"], inputs: layer == 0 ? input : output, outputs: output, groups: groups,
                    epsilon: 1e-6, on: device)
            }
            let downsampler =
                level == channels.count - 1
                ? nil
                : try Conv2D(
                    block["downsamplers.0.conv"], inputs: output, outputs: output, stride: 2, padding: .bottomRight,
                    on: device)
            return (resnets, downsampler)
        }
        midBlock = try MidBlock(weights["mid_block"], channels: last, configuration: configuration, on: device)
        convNormOut = try GroupNorm(
            weights["conv_norm_out"], groups: groups, channels: last, epsilon: 1e-6, on: device)
        convOut = try Conv2D(
            weights["conv_out"], inputs: last, outputs: 2 * configuration.latentChannels, on: device)
    }

    func callAsFunction(_ pictures: Tensor) -> Tensor {
        var x = convIn(pictures)
        for level in levels {
            for resnet in level.resnets { x = resnet(x) }
            if let downsampler = level.downsampler { x = downsampler(x) }
        }
        return convOut(convNormOut(midBlock(x), activation: .silu))
    }
}

/// Latents to pictures.
private struct Decoder: Sendable {
    private let convIn: Conv2D
    private let midBlock: MidBlock
    private let levels: [(resnets: [ResnetBlock2D], upsampler: Conv2D?)]
    private let convNormOut: GroupNorm
    private let convOut: Conv2D

    init(_ weights: Weights, configuration: AutoencoderKLConfiguration, on device: Device) throws {
        let channels: [Int] = configuration.blockOutChannels.reversed()
        let groups = configuration.normGroupCount
        let last = channels[channels.count - 1]
        convIn = try Conv2D(
            weights["conv_in"], inputs: configuration.latentChannels, outputs: channels[0], on: device)
        midBlock = try MidBlock(weights["mid_block"], channels: channels[0], configuration: configuration, on: device)
        levels = try channels.indices.map { level in
            let block = weights["up_blocks.\(level)"]
            let (input, output) = (channels[max(level - 1, 0)], channels[level])
            let resnets = try (0...configuration.layersPerBlock).map { layer in
                try ResnetBlock2D(
                    block["resnets.\(layer)"], inputs: layer == 0 ? input : output, outputs: output, groups: groups,
                    epsilon: 1e-6, on: device)
            }
            let upsampler =
                level == channels.count - 1
                ? nil : try Conv2D(block["upsamplers.0.conv"], inputs: output, outputs: output, on: device)
            return (resnets, upsampler)
        }
        convNormOut = try GroupNorm(
            weights["conv_norm_out"], groups: groups, channels: last, epsilon: 1e-6, on: device)
        convOut = try Conv2D(weights["conv_out"], inputs: last, outputs: configuration.outChannels, on: device)
    }

    func callAsFunction(_ latents: Tensor) -> Tensor {
        // Each level's maps are larger than the last one's: with large pictures, what lies idle gives way to them.
        latents.device.memory.trim()
        var x = midBlock(convIn(latents))
        for level in levels {
            for resnet in level.resnets { x = resnet(x) }
            if let upsampler = level.upsampler {
                x = upsampler.upsampling(x, height: 2 * x.shape[1], width: 2 * x.shape[2])
                x.device.memory.trim()
            }
        }
        return convOut(convNormOut(x, activation: .silu))
    }
}

/// Two residual blocks with single-head attention between them.
private struct MidBlock: Sendable {
    private let first, second: ResnetBlock2D
    private let attention: (norm: GroupNorm, layer: SelfAttention)?

    init(
        _ weights: Weights, channels: Int, configuration: AutoencoderKLConfiguration, on device: Device
    ) throws {
        let groups = configuration.normGroupCount
        first = try ResnetBlock2D(
            weights["resnets.0"], inputs: channels, outputs: channels, groups: groups, epsilon: 1e-6, on: device)
        second = try ResnetBlock2D(
            weights["resnets.1"], inputs: channels, outputs: channels, groups: groups, epsilon: 1e-6, on: device)
        guard configuration.hasMidBlockAttention else {
            attention = nil
            return
        }
        let block = weights["attentions.0"]
        attention = (
            try GroupNorm(block["group_norm"], groups: groups, channels: channels, epsilon: 1e-6, on: device),
            try SelfAttention(block, channels: channels, heads: 1, hasBias: true, on: device)
        )
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var x = first(x)
        if let attention {
            let (batch, channels) = (x.shape[0], x.shape[3])
            let shape = [batch, x.count / batch / channels, channels]
            let normalized = attention.norm(x).reshaped(shape)
            x = attention.layer(normalized, adding: x.reshaped(shape)).reshaped(x.shape)
        }
        return second(x)
    }
}
