import NeuralNetwork

/// One layer of CLIP's transformers: attention, then a feed-forward network, each after a normalisation.
struct CLIPEncoderLayer: Sendable {
    /// What a layer is made of.
    struct Sizes {
        /// The width of a state.
        var width: Int
        /// The width between the two layers of the feed-forward network.
        var inner: Int
        /// Attention heads.
        var heads: Int
        /// What layer normalisation adds to the variance.
        var epsilon: Float
        /// The feed-forward network's activation.
        var activation: CLIPTextConfiguration.HiddenActivation
    }

    private let layerNorm1: LayerNorm
    private let query, key, value, out: Linear
    private let layerNorm2: LayerNorm
    private let fc1, fc2: Linear
    private let heads: Int
    private let activation: Activation

    init(_ weights: Weights, sizes: Sizes, on device: Device) throws {
        let (width, inner, epsilon) = (sizes.width, sizes.inner, sizes.epsilon)
        heads = sizes.heads
        activation = sizes.activation == .gelu ? .gelu : .quickGELU
        layerNorm1 = try LayerNorm(weights["layer_norm1"], channels: width, epsilon: epsilon, on: device)
        query = try Linear(weights["self_attn.q_proj"], inputs: width, outputs: width, on: device)
        key = try Linear(weights["self_attn.k_proj"], inputs: width, outputs: width, on: device)
        value = try Linear(weights["self_attn.v_proj"], inputs: width, outputs: width, on: device)
        out = try Linear(weights["self_attn.out_proj"], inputs: width, outputs: width, on: device)
        layerNorm2 = try LayerNorm(weights["layer_norm2"], channels: width, epsilon: epsilon, on: device)
        fc1 = try Linear(weights["mlp.fc1"], inputs: width, outputs: inner, on: device)
        fc2 = try Linear(weights["mlp.fc2"], inputs: inner, outputs: width, on: device)
    }

    /// Applies the layer to `[batch, position, width]`; each position sees all, or with `isCausal` none after it.
    func callAsFunction(_ x: Tensor, isCausal: Bool) -> Tensor {
        let h = layerNorm1(x)
        let attended = attention(query: query(h), key: key(h), value: value(h), heads: heads, isCausal: isCausal)
        let x = out(attended, adding: x)
        return fc2(fc1(layerNorm2(x), activation: activation), adding: x)
    }
}

extension CLIPTextConfiguration {
    /// The sizes of the text transformer's layers.
    var layerSizes: CLIPEncoderLayer.Sizes {
        CLIPEncoderLayer.Sizes(
            width: hiddenSize, inner: intermediateSize, heads: attentionHeadCount, epsilon: layerNormEpsilon,
            activation: hiddenActivation)
    }
}
