/// What the `config.json` of an autoencoder with a Kullback–Leibler term says.
///
/// Reference: diffusers 0.42.1, `models/autoencoders/autoencoder_kl.py`, `AutoencoderKL`.
public struct AutoencoderKLConfiguration: Decodable, Sendable, Equatable {
    /// Channels of a picture going in.
    public let inChannels: Int
    /// Channels of a picture coming out.
    public let outChannels: Int
    /// Channels at each resolution, the finest first.
    public let blockOutChannels: [Int]
    /// Residual blocks at each resolution of the encoder; the decoder has one more.
    public let layersPerBlock: Int
    /// Channels of a latent.
    public let latentChannels: Int
    /// How many groups the channels are normalised in.
    public let normGroupCount: Int
    /// What a latent is multiplied with before it meets the U-net.
    public let scalingFactor: Float
    /// Whether the encoder ends in a 1×1 convolution of its own, `quant_conv`.
    public let usesQuantConvolution: Bool
    /// Whether the decoder begins with a 1×1 convolution of its own, `post_quant_conv`.
    public let usesPostQuantConvolution: Bool
    /// Whether the middle blocks have attention, of one head.
    public let hasMidBlockAttention: Bool

    /// How many pixels a latent's side stands for.
    public var scale: Int { 1 << (blockOutChannels.count - 1) }

    private enum DownBlockType: String, CaseIterable {
        case plain = "DownEncoderBlock2D"
    }

    private enum UpBlockType: String, CaseIterable {
        case plain = "UpDecoderBlock2D"
    }

    private enum CodingKeys: String, CodingKey {
        case inChannels = "in_channels"
        case outChannels = "out_channels"
        case downBlockTypes = "down_block_types"
        case upBlockTypes = "up_block_types"
        case blockOutChannels = "block_out_channels"
        case layersPerBlock = "layers_per_block"
        case activation = "act_fn"
        case latentChannels = "latent_channels"
        case normGroupCount = "norm_num_groups"
        case scalingFactor = "scaling_factor"
        case shiftFactor = "shift_factor"
        case latentsMean = "latents_mean"
        case latentsDeviation = "latents_std"
        case usesQuantConvolution = "use_quant_conv"
        case usesPostQuantConvolution = "use_post_quant_conv"
        case hasMidBlockAttention = "mid_block_add_attention"
    }

    /// Reads the keys of the file and checks them.
    ///
    /// - Throws: A ``ConfigurationError`` for the first key that is wrong.
    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        try file.require(.activation, isOneOf: .string("silu"), .string("swish"))
        try file.require(.shiftFactor, isOneOf: .null, .integer(0))
        try file.require(.latentsMean, isOneOf: .null)
        try file.require(.latentsDeviation, isOneOf: .null)
        inChannels = try file.integer(.inChannels, default: 3, in: ConfigurationLimits.channels)
        outChannels = try file.integer(.outChannels, default: 3, in: ConfigurationLimits.channels)
        let limit = ConfigurationLimits.blocks
        let downBlocks = try file.choices(.downBlockTypes, default: [DownBlockType.plain], limit: limit)
        let upBlocks = try file.choices(.upBlockTypes, default: [UpBlockType.plain], limit: limit)
        blockOutChannels = try file.integers(
            .blockOutChannels, default: [64], in: ConfigurationLimits.channels, limit: limit)
        layersPerBlock = try file.integer(.layersPerBlock, default: 1, in: ConfigurationLimits.layers)
        latentChannels = try file.integer(.latentChannels, default: 4, in: ConfigurationLimits.channels)
        normGroupCount = try file.integer(.normGroupCount, default: 32, in: ConfigurationLimits.channels)
        scalingFactor = try file.float(.scalingFactor, default: 0.18215, in: 1e-6...1e6)
        usesQuantConvolution = try file.bool(.usesQuantConvolution, default: true)
        usesPostQuantConvolution = try file.bool(.usesPostQuantConvolution, default: true)
        hasMidBlockAttention = try file.bool(.hasMidBlockAttention, default: true)
        for (key, count) in [(CodingKeys.downBlockTypes, downBlocks.count), (.upBlockTypes, upBlocks.count)]
        where count != blockOutChannels.count {
            throw file.contradiction(
                key, "a list of \(count)", "one for each of the \(blockOutChannels.count) in \"block_out_channels\"")
        }
        guard blockOutChannels.allSatisfy({ $0.isMultiple(of: normGroupCount) }) else {
            throw file.contradiction(
                .normGroupCount, normGroupCount, "a divisor of every one of \"block_out_channels\": \(blockOutChannels)"
            )
        }
    }
}
