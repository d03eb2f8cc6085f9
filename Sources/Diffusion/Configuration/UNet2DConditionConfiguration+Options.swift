extension UNet2DConditionConfiguration {
    /// The names of the keys in the file.
    enum CodingKeys: String, CodingKey {
        case sampleSize = "sample_size"
        case inChannels = "in_channels"
        case outChannels = "out_channels"
        case centersInput = "center_input_sample"
        case flipSinToCos = "flip_sin_to_cos"
        case frequencyShift = "freq_shift"
        case downBlockTypes = "down_block_types"
        case midBlockType = "mid_block_type"
        case upBlockTypes = "up_block_types"
        case onlyCrossAttention = "only_cross_attention"
        case blockOutChannels = "block_out_channels"
        case layersPerBlock = "layers_per_block"
        case downsamplePadding = "downsample_padding"
        case midBlockScaleFactor = "mid_block_scale_factor"
        case activation = "act_fn"
        case normGroupCount = "norm_num_groups"
        case normEpsilon = "norm_eps"
        case crossAttentionDimension = "cross_attention_dim"
        case transformerLayersPerBlock = "transformer_layers_per_block"
        case reverseTransformerLayersPerBlock = "reverse_transformer_layers_per_block"
        case encoderHiddenDimension = "encoder_hid_dim"
        case encoderHiddenDimensionType = "encoder_hid_dim_type"
        case attentionHeadDimension = "attention_head_dim"
        case attentionHeadCounts = "num_attention_heads"
        case dualCrossAttention = "dual_cross_attention"
        case usesLinearProjection = "use_linear_projection"
        case classEmbedType = "class_embed_type"
        case additionEmbedType = "addition_embed_type"
        case additionTimeDimension = "addition_time_embed_dim"
        case classCount = "num_class_embeds"
        case timeScaleShift = "resnet_time_scale_shift"
        case skipTimeActivation = "resnet_skip_time_act"
        case outScaleFactor = "resnet_out_scale_factor"
        case timeEmbeddingType = "time_embedding_type"
        case timeEmbeddingDimension = "time_embedding_dim"
        case timeEmbeddingActivation = "time_embedding_act_fn"
        case timestepPostActivation = "timestep_post_act"
        case timeConditionDimension = "time_cond_proj_dim"
        case convolutionInKernel = "conv_in_kernel"
        case convolutionOutKernel = "conv_out_kernel"
        case projectionInputDimension = "projection_class_embeddings_input_dim"
        case attentionType = "attention_type"
        case concatenatesClassEmbeddings = "class_embeddings_concat"
        case midBlockOnlyCrossAttention = "mid_block_only_cross_attention"
        case crossAttentionNorm = "cross_attention_norm"
    }

    /// Checks every option that diffusers has and this engine does not compute.
    ///
    /// Not looked at are those that change nothing here: `dropout` (training), `upcast_attention` (all is Float32)
    /// and `addition_embed_type_num_heads` (of an embedding that is refused).
    static func refuseUnsupportedOptions(in file: ConfigurationContainer<CodingKeys>) throws {
        try file.require(.activation, isOneOf: .string("silu"), .string("swish"))
        try file.require(.additionEmbedType, isOneOf: .null, .string("text_time"))
        try file.require(.attentionType, isOneOf: .string("default"))
        try file.require(.centersInput, isOneOf: .bool(false))
        try file.require(.classCount, isOneOf: .null)
        try file.require(.classEmbedType, isOneOf: .null)
        try file.require(.concatenatesClassEmbeddings, isOneOf: .bool(false))
        try file.require(.convolutionInKernel, isOneOf: .integer(3))
        try file.require(.convolutionOutKernel, isOneOf: .integer(3))
        try file.require(.crossAttentionNorm, isOneOf: .null)
        try file.require(.dualCrossAttention, isOneOf: .bool(false))
        try file.require(.encoderHiddenDimension, isOneOf: .null)
        try file.require(.encoderHiddenDimensionType, isOneOf: .null)
        try file.require(.midBlockOnlyCrossAttention, isOneOf: .null, .bool(false))
        try file.require(.midBlockScaleFactor, isOneOf: .integer(1))
        try file.require(.outScaleFactor, isOneOf: .integer(1))
        try file.require(.skipTimeActivation, isOneOf: .bool(false))
        try file.require(.timeEmbeddingActivation, isOneOf: .null)
        try file.require(.timeEmbeddingType, isOneOf: .string("positional"))
        try file.require(.timeScaleShift, isOneOf: .string("default"))
        try file.require(.timestepPostActivation, isOneOf: .null)
        try file.requireFalse(.onlyCrossAttention)
        // Without groups there is no normalisation, and without a width no prompt.
        try file.refuseNull(.normGroupCount, .crossAttentionDimension)
    }

    /// How many transformer layers follow each residual block, from the several ways a file can say it.
    struct TransformerLayers {
        let down: [[Int]]
        let mid: Int
        let up: [[Int]]

        init(in file: ConfigurationContainer<CodingKeys>, layersPerBlock: [Int]) throws {
            let key = CodingKeys.transformerLayersPerBlock
            let blocks = layersPerBlock.count
            down =
                try Self.read(key, in: file, layers: layersPerBlock)
                ?? layersPerBlock.map { Array(repeating: 1, count: $0) }
            mid = down[blocks - 1][0]
            let upLayers = layersPerBlock.reversed().map { $0 + 1 }
            if let up = try Self.read(.reverseTransformerLayersPerBlock, in: file, layers: upLayers) {
                self.up = up
            } else if let block = down.first(where: { Set($0).count > 1 }) {
                throw file.error(
                    .missingKey, .reverseTransformerLayersPerBlock, nil,
                    "a list for each block, as \"\(key.rawValue)\" has a block that differs within: \(block)")
            } else {
                up = zip(down.reversed(), upLayers).map { Array(repeating: $0[0], count: $1) }
            }
        }

        /// A number for all blocks, or a list of one for each, which is a number for all its layers or a list again.
        private static func read(
            _ key: CodingKeys, in file: ConfigurationContainer<CodingKeys>, layers: [Int]
        ) throws -> [[Int]]? {
            let range = ConfigurationLimits.transformerLayers
            let allowed =
                "an integer from \(range.lowerBound) to \(range.upperBound), or a list of \(layers.count) of them "
                + "or of lists of \(layers) of them"
            let elements: [JSONValue]
            switch try file.value(key) {
            case nil, .null: return nil
            case .integer(let value)?: elements = Array(repeating: .integer(value), count: layers.count)
            case .array(let list)?: elements = list
            case let other?: throw file.error(.wrongType, key, other, allowed)
            }
            guard elements.count == layers.count else {
                throw file.error(.inconsistent, key, .array(elements), allowed)
            }
            return try zip(elements, layers).map { element, count in
                guard case .array(let list) = element else {
                    return Array(repeating: try file.integer(element, of: key, in: range), count: count)
                }
                guard list.count == count else { throw file.error(.inconsistent, key, .array(elements), allowed) }
                return try list.map { try file.integer($0, of: key, in: range) }
            }
        }
    }
}
