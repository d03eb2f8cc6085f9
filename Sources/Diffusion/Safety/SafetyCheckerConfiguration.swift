/// What the `config.json` of a safety checker says of its vision transformer; CLIP's text transformer has no part in it.
///
/// Reference: transformers 5.23, `models/clip/configuration_clip.py`, `CLIPConfig` and `CLIPVisionConfig`.
struct SafetyCheckerConfiguration: Decodable, Sendable, Equatable {
    /// The vision transformer's sizes.
    struct Vision: Decodable, Sendable, Equatable {
        /// The width of a patch's embedding.
        let hiddenSize: Int
        /// The width between the two layers of a feed-forward network.
        let intermediateSize: Int
        /// How many transformer layers there are.
        let hiddenLayerCount: Int
        /// How many attention heads a layer has.
        let attentionHeadCount: Int
        /// A picture's side in pixels.
        let imageSize: Int
        /// A patch's side in pixels.
        let patchSize: Int
        /// The feed-forward networks' activation.
        let hiddenActivation: CLIPTextConfiguration.HiddenActivation
        /// What layer normalisation adds to the variance.
        let layerNormEpsilon: Float

        private enum CodingKeys: String, CodingKey {
            case hiddenSize = "hidden_size"
            case intermediateSize = "intermediate_size"
            case hiddenLayerCount = "num_hidden_layers"
            case attentionHeadCount = "num_attention_heads"
            case channelCount = "num_channels"
            case imageSize = "image_size"
            case patchSize = "patch_size"
            case hiddenActivation = "hidden_act"
            case layerNormEpsilon = "layer_norm_eps"
        }

        init(from decoder: any Decoder) throws {
            let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
            try file.require(.channelCount, isOneOf: .integer(3))
            hiddenSize = try file.integer(.hiddenSize, default: 768, in: ConfigurationLimits.channels)
            intermediateSize = try file.integer(.intermediateSize, default: 3072, in: ConfigurationLimits.width)
            hiddenLayerCount = try file.integer(.hiddenLayerCount, default: 12, in: ConfigurationLimits.layers)
            attentionHeadCount = try file.integer(.attentionHeadCount, default: 12, in: ConfigurationLimits.heads)
            imageSize = try file.integer(.imageSize, default: 224, in: 1...1024)
            patchSize = try file.integer(.patchSize, default: 32, in: 1...1024)
            hiddenActivation = try file.choice(.hiddenActivation, default: .quickGELU)
            layerNormEpsilon = try file.float(.layerNormEpsilon, default: 1e-5, in: 0...1)
            guard hiddenSize.isMultiple(of: attentionHeadCount) else {
                throw file.contradiction(
                    .attentionHeadCount, attentionHeadCount, "a divisor of \"hidden_size\", which is \(hiddenSize)")
            }
            guard imageSize >= patchSize else {
                throw file.contradiction(.patchSize, patchSize, "at most \"image_size\", which is \(imageSize)")
            }
        }
    }

    /// The vision transformer.
    let vision: Vision
    /// The width of the embeddings that pictures and concepts are compared in.
    let projectionDimension: Int

    private enum CodingKeys: String, CodingKey {
        case vision = "vision_config"
        case projectionDimension = "projection_dim"
    }

    init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        guard try file.value(.vision) != nil else {
            throw file.error(.missingKey, .vision, nil, "an object with the vision transformer's sizes")
        }
        vision = try decoder.container(keyedBy: CodingKeys.self).decode(Vision.self, forKey: .vision)
        projectionDimension = try file.integer(.projectionDimension, default: 512, in: ConfigurationLimits.channels)
    }
}
