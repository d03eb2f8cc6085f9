/// What the `config.json` of a conditional U-net says, with one entry for each block where Python has either.
///
/// Reference: diffusers 0.42.1, `models/unets/unet_2d_condition.py`, `UNet2DConditionModel`.
public struct UNet2DConditionConfiguration: Decodable, Sendable, Equatable {
    /// The blocks on the way to coarser resolutions.
    public enum DownBlockType: String, CaseIterable, Sendable {
        /// Residual blocks.
        case plain = "DownBlock2D"
        /// Residual blocks, each followed by transformer layers that look at the prompt.
        case crossAttention = "CrossAttnDownBlock2D"
    }

    /// The block at the coarsest resolution.
    public enum MidBlockType: String, CaseIterable, Sendable {
        /// One residual block.
        case plain = "UNetMidBlock2D"
        /// A residual block, transformer layers, and a residual block.
        case crossAttention = "UNetMidBlock2DCrossAttn"
    }

    /// The blocks on the way back to finer resolutions.
    public enum UpBlockType: String, CaseIterable, Sendable {
        /// Residual blocks.
        case plain = "UpBlock2D"
        /// Residual blocks, each followed by transformer layers that look at the prompt.
        case crossAttention = "CrossAttnUpBlock2D"
    }

    /// The embedding that Stable Diffusion XL adds to the timestep's: of sizes, and of the pooled prompt.
    public struct TextTimeEmbedding: Sendable, Equatable {
        /// The width of the sinusoidal embedding of each size.
        public let timeDimension: Int
        /// The width of all sizes' embeddings and the pooled prompt's together, `add_embedding.linear_1`'s input.
        public let inputDimension: Int
    }

    /// The latent's height and width that the model was trained on, nil when the file does not tell.
    public let sampleHeight, sampleWidth: Int?
    /// Channels of a latent going in.
    public let inChannels: Int
    /// Channels of a prediction coming out.
    public let outChannels: Int
    /// Whether a timestep's embedding has the cosines before the sines.
    public let flipSinToCos: Bool
    /// What is subtracted from half the embedding's width in the divisor of the frequencies' exponent.
    public let frequencyShift: Float
    /// The blocks down, the finest resolution first.
    public let downBlockTypes: [DownBlockType]
    /// The block in the middle, nil when there is none.
    public let midBlockType: MidBlockType?
    /// The blocks up, the coarsest resolution first.
    public let upBlockTypes: [UpBlockType]
    /// Channels at each resolution, the finest first.
    public let blockOutChannels: [Int]
    /// Residual blocks of each block down, the finest resolution first; a block up has one more.
    public let layersPerBlock: [Int]
    /// The padding of a convolution that halves the resolution: 1 on all sides, or 0 and then 1 below and right only.
    public let downsamplePadding: Int
    /// How many groups the channels are normalised in.
    public let normGroupCount: Int
    /// What group normalisation in residual blocks adds to the variance.
    public let normEpsilon: Float
    /// The width of the prompt's embedding for each block down, the finest resolution first.
    public let crossAttentionDimensions: [Int]
    /// Transformer layers after each residual block of each block down: `[block][layer]`.
    public let downTransformerLayers: [[Int]]
    /// Transformer layers of the block in the middle.
    public let midTransformerLayers: Int
    /// Transformer layers after each residual block of each block up: `[block][layer]`, the coarsest resolution first.
    public let upTransformerLayers: [[Int]]
    /// Attention heads of each block down, the finest resolution first.
    ///
    /// The file calls this `attention_head_dim`, but it has always meant the number of heads
    /// (https://github.com/huggingface/diffusers/issues/2011).
    public let attentionHeadCounts: [Int]
    /// Whether transformers project with linear layers, on tokens, rather than with 1×1 convolutions, on maps.
    public let usesLinearProjection: Bool
    /// What is embedded besides the timestep, nil when nothing is.
    public let textTimeEmbedding: TextTimeEmbedding?
    /// The width of the timestep's embedding.
    public let timeEmbeddingDimension: Int
    /// The width of the guidance scale's embedding in latent consistency models, nil in others.
    public let timeConditionDimension: Int?

    /// How often the resolution is halved.
    public var downsamplingCount: Int { blockOutChannels.count - 1 }

    /// Reads the keys of the file and checks them.
    ///
    /// - Throws: A ``ConfigurationError`` for the first key that is wrong.
    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        try Self.refuseUnsupportedOptions(in: file)
        let limits = ConfigurationLimits.self

        let sample = try file.optionalSize(.sampleSize, in: limits.side)
        (sampleHeight, sampleWidth) = (sample?.height, sample?.width)
        inChannels = try file.integer(.inChannels, default: 4, in: limits.channels)
        outChannels = try file.integer(.outChannels, default: 4, in: limits.channels)
        flipSinToCos = try file.bool(.flipSinToCos, default: true)
        frequencyShift = try file.float(.frequencyShift, default: 0, in: 0...1)

        blockOutChannels = try file.integers(
            .blockOutChannels, default: [320, 640, 1280, 1280], in: limits.channels, limit: limits.blocks)
        let blocks = blockOutChannels.count
        downBlockTypes = try file.choices(
            .downBlockTypes, default: [.crossAttention, .crossAttention, .crossAttention, .plain],
            limit: limits.blocks)
        upBlockTypes = try file.choices(
            .upBlockTypes, default: [.plain, .crossAttention, .crossAttention, .crossAttention], limit: limits.blocks)
        for (key, count) in [(CodingKeys.downBlockTypes, downBlockTypes.count), (.upBlockTypes, upBlockTypes.count)]
        where count != blocks {
            throw file.contradiction(
                key, "a list of \(count)", "one for each of the \(blocks) in \"block_out_channels\"")
        }
        midBlockType =
            try file.value(.midBlockType) == .null ? nil : file.choice(.midBlockType, default: .crossAttention)

        layersPerBlock = try file.integers(.layersPerBlock, default: 2, in: limits.layers, blocks: blocks)
        downsamplePadding = try file.integer(.downsamplePadding, default: 1, in: 0...1)
        normGroupCount = try file.integer(.normGroupCount, default: 32, in: limits.channels)
        normEpsilon = try file.float(.normEpsilon, default: 1e-5, in: 0...1)

        crossAttentionDimensions = try file.integers(
            .crossAttentionDimension, default: 1280, in: limits.width, blocks: blocks)
        let transformerLayers = try TransformerLayers(in: file, layersPerBlock: layersPerBlock)
        downTransformerLayers = transformerLayers.down
        midTransformerLayers = transformerLayers.mid
        upTransformerLayers = transformerLayers.up
        let headKey: CodingKeys =
            try file.value(.attentionHeadCounts) ?? .null == .null ? .attentionHeadDimension : .attentionHeadCounts
        attentionHeadCounts = try file.integers(headKey, default: 8, in: limits.heads, blocks: blocks)
        usesLinearProjection = try file.bool(.usesLinearProjection, default: false)

        textTimeEmbedding = try Self.textTimeEmbedding(in: file)
        timeEmbeddingDimension =
            try file.optionalInteger(.timeEmbeddingDimension, in: limits.width) ?? blockOutChannels[0] * 4
        timeConditionDimension = try file.optionalInteger(.timeConditionDimension, in: limits.channels)

        try checkDivisors(in: file, headKey: headKey)
    }

    /// Whether any block at a resolution, counted from the finest, has attention.
    func hasAttention(atLevel level: Int) -> Bool {
        let blocks = blockOutChannels.count
        return downBlockTypes[level] == .crossAttention || upBlockTypes[blocks - 1 - level] == .crossAttention
            || (level == blocks - 1 && midBlockType == .crossAttention)
    }

    private func checkDivisors(
        in file: ConfigurationContainer<CodingKeys>, headKey: CodingKeys
    ) throws(ConfigurationError) {
        guard blockOutChannels.allSatisfy({ $0.isMultiple(of: normGroupCount) }) else {
            throw file.contradiction(
                .normGroupCount, normGroupCount, "a divisor of every one of \"block_out_channels\": \(blockOutChannels)"
            )
        }
        guard blockOutChannels[0].isMultiple(of: 2) else {
            throw file.contradiction(
                .blockOutChannels, blockOutChannels, "an even number first: half of a timestep's embedding is sines")
        }
        for (level, (channels, heads)) in zip(blockOutChannels, attentionHeadCounts).enumerated()
        where hasAttention(atLevel: level) && !channels.isMultiple(of: heads) {
            throw file.contradiction(
                headKey, heads, "numbers of heads that divide the block's channels, here \(channels)")
        }
    }

    private static func textTimeEmbedding(
        in file: ConfigurationContainer<CodingKeys>
    ) throws -> TextTimeEmbedding? {
        guard try file.value(.additionEmbedType) ?? .null != .null else { return nil }
        guard
            let timeDimension = try file.optionalInteger(.additionTimeDimension, in: ConfigurationLimits.channels),
            timeDimension.isMultiple(of: 2)
        else {
            throw file.error(
                .missingKey, .additionTimeDimension, nil, "an even integer, as \"addition_embed_type\" is \"text_time\""
            )
        }
        guard
            let inputDimension = try file.optionalInteger(.projectionInputDimension, in: ConfigurationLimits.width)
        else {
            throw file.error(
                .missingKey, .projectionInputDimension, nil, "an integer, as \"addition_embed_type\" is \"text_time\"")
        }
        return TextTimeEmbedding(timeDimension: timeDimension, inputDimension: inputDimension)
    }
}
