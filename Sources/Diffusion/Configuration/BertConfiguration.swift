/// What the `config.json` of a BERT text encoder says.
///
/// Reference: transformers 5.23, `models/bert/configuration_bert.py`, `BertConfig`.
public struct BertConfiguration: Decodable, Sendable, Equatable {
    /// How many tokens there are.
    public let vocabularySize: Int
    /// The width of a token's embedding.
    public let hiddenSize: Int
    /// How many transformer layers there are.
    public let hiddenLayerCount: Int
    /// How many attention heads a layer has.
    public let attentionHeadCount: Int
    /// The width between the two layers of a feed-forward network.
    public let intermediateSize: Int
    /// The most tokens in a prompt, the special ones included.
    public let maximumPositionCount: Int
    /// How many kinds of sentence the embeddings tell apart; a prompt is of kind 0.
    public let tokenTypeCount: Int
    /// What layer normalisation adds to the variance.
    public let layerNormEpsilon: Float

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case usesAttentionMask = "use_attention_mask"
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case hiddenLayerCount = "num_hidden_layers"
        case attentionHeadCount = "num_attention_heads"
        case intermediateSize = "intermediate_size"
        case hiddenActivation = "hidden_act"
        case maximumPositionCount = "max_position_embeddings"
        case tokenTypeCount = "type_vocab_size"
        case layerNormEpsilon = "layer_norm_eps"
        case positionEmbeddingType = "position_embedding_type"
        case isDecoder = "is_decoder"
        case addsCrossAttention = "add_cross_attention"
    }

    /// Reads the keys of the file and checks them.
    ///
    /// - Throws: A ``ConfigurationError`` for the first key that is wrong.
    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        try file.require(.modelType, isOneOf: .string("bert"))
        try file.require(.hiddenActivation, isOneOf: .string("gelu"))
        try file.require(.positionEmbeddingType, isOneOf: .string("absolute"))
        try file.require(.isDecoder, isOneOf: .bool(false))
        try file.require(.addsCrossAttention, isOneOf: .bool(false))
        try file.require(.usesAttentionMask, isOneOf: .bool(false), .null)
        vocabularySize = try file.integer(.vocabularySize, default: 30522, in: ConfigurationLimits.vocabulary)
        hiddenSize = try file.integer(.hiddenSize, default: 768, in: ConfigurationLimits.channels)
        hiddenLayerCount = try file.integer(.hiddenLayerCount, default: 12, in: ConfigurationLimits.layers)
        attentionHeadCount = try file.integer(.attentionHeadCount, default: 12, in: ConfigurationLimits.heads)
        intermediateSize = try file.integer(.intermediateSize, default: 3072, in: ConfigurationLimits.width)
        maximumPositionCount = try file.integer(.maximumPositionCount, default: 512, in: ConfigurationLimits.positions)
        tokenTypeCount = try file.integer(.tokenTypeCount, default: 2, in: 1...1024)
        layerNormEpsilon = try file.float(.layerNormEpsilon, default: 1e-12, in: 0...1)
        guard hiddenSize.isMultiple(of: attentionHeadCount) else {
            throw file.contradiction(
                .attentionHeadCount, attentionHeadCount, "a divisor of \"hidden_size\", which is \(hiddenSize)")
        }
    }
}
