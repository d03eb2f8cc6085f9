/// What the `config.json` of a CLIP text encoder says.
///
/// Reference: transformers 5.23, `models/clip/configuration_clip.py`, `CLIPTextConfig`.
public struct CLIPTextConfiguration: Decodable, Sendable, Equatable {
    /// The activation between the two layers of a feed-forward network.
    public enum HiddenActivation: String, CaseIterable, Sendable {
        /// `x · sigmoid(1.702 x)`: OpenAI's CLIP.
        case quickGELU = "quick_gelu"
        /// `x · Φ(x)`, computed exactly: OpenCLIP.
        case gelu
    }

    /// How many tokens there are.
    public let vocabularySize: Int
    /// The width of a token's embedding.
    public let hiddenSize: Int
    /// The width between the two layers of a feed-forward network.
    public let intermediateSize: Int
    /// The width of the projected pooled embedding, for encoders that have a projection; nil when the file says null.
    public let projectionDimension: Int?
    /// How many transformer layers there are.
    public let hiddenLayerCount: Int
    /// How many attention heads a layer has.
    public let attentionHeadCount: Int
    /// The most tokens in a prompt, the special ones included.
    public let maximumPositionCount: Int
    /// The feed-forward networks' activation.
    public let hiddenActivation: HiddenActivation
    /// What layer normalisation adds to the variance.
    public let layerNormEpsilon: Float
    /// The token whose hidden state is the pooled embedding.
    public let endOfTextToken: Int

    /// Whether the pooled embedding is that of the highest token number rather than of the first end-of-text token.
    ///
    /// Files written before transformers corrected the number say 2, and mean the highest number.
    public var poolsHighestToken: Bool { endOfTextToken == 2 }

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case textConfig = "text_config"
        case usesAttentionMask = "use_attention_mask"
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case projectionDimension = "projection_dim"
        case hiddenLayerCount = "num_hidden_layers"
        case attentionHeadCount = "num_attention_heads"
        case maximumPositionCount = "max_position_embeddings"
        case hiddenActivation = "hidden_act"
        case layerNormEpsilon = "layer_norm_eps"
        case endOfTextToken = "eos_token_id"
    }

    /// Reads the keys of the file and checks them.
    ///
    /// - Throws: A ``ConfigurationError`` for the first key that is wrong.
    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        try file.require(.modelType, isOneOf: .string("clip_text_model"))
        try file.require(.textConfig, isOneOf: .null)
        try file.require(.usesAttentionMask, isOneOf: .bool(false), .null)
        vocabularySize = try file.integer(.vocabularySize, default: 49408, in: ConfigurationLimits.vocabulary)
        hiddenSize = try file.integer(.hiddenSize, default: 512, in: ConfigurationLimits.channels)
        intermediateSize = try file.integer(.intermediateSize, default: 2048, in: ConfigurationLimits.width)
        projectionDimension =
            try file.value(.projectionDimension) == nil
            ? 512 : file.optionalInteger(.projectionDimension, in: ConfigurationLimits.channels)
        hiddenLayerCount = try file.integer(.hiddenLayerCount, default: 12, in: ConfigurationLimits.layers)
        attentionHeadCount = try file.integer(.attentionHeadCount, default: 8, in: ConfigurationLimits.heads)
        maximumPositionCount = try file.integer(.maximumPositionCount, default: 77, in: ConfigurationLimits.positions)
        hiddenActivation = try file.choice(.hiddenActivation, default: .quickGELU)
        layerNormEpsilon = try file.float(.layerNormEpsilon, default: 1e-5, in: 0...1)
        endOfTextToken = try file.integer(.endOfTextToken, default: 49407, in: 0...1_000_000)
        guard hiddenSize.isMultiple(of: attentionHeadCount) else {
            throw file.contradiction(
                .attentionHeadCount, attentionHeadCount, "a divisor of \"hidden_size\", which is \(hiddenSize)")
        }
        guard poolsHighestToken || endOfTextToken < vocabularySize else {
            throw file.contradiction(
                .endOfTextToken, endOfTextToken, "2 or a token below \"vocab_size\", which is \(vocabularySize)")
        }
    }
}
