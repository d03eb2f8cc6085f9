/// What the `config.json` of a tiny autoencoder says.
///
/// Reference: diffusers 0.42.1, `models/autoencoders/autoencoder_tiny.py`, `AutoencoderTiny`.
public struct AutoencoderTinyConfiguration: Decodable, Sendable, Equatable {
    /// Channels of a picture going in.
    public let inChannels: Int
    /// Channels of a picture coming out.
    public let outChannels: Int
    /// Channels between the encoder's layers, the same at every resolution.
    public let encoderChannels: Int
    /// Channels between the decoder's layers, the same at every resolution.
    public let decoderChannels: Int
    /// Residual blocks at each resolution of the encoder, the finest first.
    public let encoderBlockCounts: [Int]
    /// Residual blocks at each resolution of the decoder, the coarsest first.
    public let decoderBlockCounts: [Int]
    /// Channels of a latent.
    public let latentChannels: Int
    /// What a latent is multiplied with before it meets the U-net.
    public let scalingFactor: Float

    /// How many pixels a latent's side stands for.
    public var scale: Int { 1 << (decoderBlockCounts.count - 1) }

    private enum CodingKeys: String, CodingKey {
        case inChannels = "in_channels"
        case outChannels = "out_channels"
        case encoderBlockOutChannels = "encoder_block_out_channels"
        case decoderBlockOutChannels = "decoder_block_out_channels"
        case activation = "act_fn"
        case upsampling = "upsample_fn"
        case latentChannels = "latent_channels"
        case upsamplingScale = "upsampling_scaling_factor"
        case encoderBlockCounts = "num_encoder_blocks"
        case decoderBlockCounts = "num_decoder_blocks"
        case scalingFactor = "scaling_factor"
        case shiftFactor = "shift_factor"
    }

    /// Reads the keys of the file and checks them.
    ///
    /// - Throws: A ``ConfigurationError`` for the first key that is wrong.
    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        try file.require(.activation, isOneOf: .string("relu"))
        try file.require(.upsampling, isOneOf: .string("nearest"))
        try file.require(.upsamplingScale, isOneOf: .integer(2))
        try file.require(.shiftFactor, isOneOf: .integer(0))
        inChannels = try file.integer(.inChannels, default: 3, in: ConfigurationLimits.channels)
        outChannels = try file.integer(.outChannels, default: 3, in: ConfigurationLimits.channels)
        latentChannels = try file.integer(.latentChannels, default: 4, in: ConfigurationLimits.channels)
        scalingFactor = try file.float(.scalingFactor, default: 1, in: 1e-6...1e6)
        (encoderChannels, encoderBlockCounts) = try Self.levels(
            in: file, channels: .encoderBlockOutChannels, counts: .encoderBlockCounts, default: [1, 3, 3, 3])
        (decoderChannels, decoderBlockCounts) = try Self.levels(
            in: file, channels: .decoderBlockOutChannels, counts: .decoderBlockCounts, default: [3, 3, 3, 1])
        guard encoderBlockCounts.count == decoderBlockCounts.count else {
            throw file.contradiction(
                .decoderBlockCounts, decoderBlockCounts, "as many as \"num_encoder_blocks\": \(encoderBlockCounts)")
        }
    }

    /// The common number of channels and the number of blocks at each resolution of one half.
    private static func levels(
        in file: ConfigurationContainer<CodingKeys>, channels: CodingKeys, counts: CodingKeys, default standard: [Int]
    ) throws -> (channels: Int, counts: [Int]) {
        let limit = ConfigurationLimits.blocks
        let numbers = try file.integers(counts, default: standard, in: 0...100, limit: limit)
        let widths = try file.integers(
            channels, default: [64, 64, 64, 64], in: ConfigurationLimits.channels, limit: limit)
        guard widths.count == numbers.count else {
            throw file.contradiction(channels, widths, "as many as \"\(counts.rawValue)\": \(numbers)")
        }
        guard let width = widths.first, widths.allSatisfy({ $0 == width }) else {
            throw file.error(
                .unsupported, channels, .array(widths.map { .integer($0) }), "the same number at every resolution")
        }
        return (width, numbers)
    }
}
