public import NeuralNetwork

/// CLIP's text transformer (Radford et al. 2021, arXiv:2103.00020), with or without its projection.
///
/// Reference: transformers, `models/clip/modeling_clip.py`, `CLIPTextModel` and `CLIPTextModelWithProjection`.
public struct CLIPTextModel: Sendable {
    /// The hidden states of a prompt.
    public struct Output: Sendable {
        /// The embeddings and the output of each layer: `[batch, position, width]`, not normalised.
        public let hiddenStates: [Tensor]
        /// The last layer's output after the final normalisation.
        public let lastHiddenState: Tensor
        /// The normalised state at the end of the text, projected if the model projects: `[batch, width]`.
        public let pooled: Tensor
    }

    /// What the model's `config.json` says.
    public let configuration: CLIPTextConfiguration

    private let tokenEmbedding: TokenEmbedding
    private let positionEmbedding: TokenEmbedding
    private let layers: [CLIPEncoderLayer]
    private let finalLayerNorm: LayerNorm
    private let textProjection: Linear?

    /// Reads the model's weights.
    ///
    /// - Parameter hasProjection: Whether the class is `CLIPTextModelWithProjection`.
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(
        _ weights: Weights, configuration: CLIPTextConfiguration, hasProjection: Bool, on device: Device
    ) throws {
        self.configuration = configuration
        let width = configuration.hiddenSize
        let isScoped = weights.contains("text_model.embeddings.token_embedding.weight")
        let model = isScoped ? weights["text_model"] : weights
        tokenEmbedding = try TokenEmbedding(
            model["embeddings.token_embedding"], count: configuration.vocabularySize, width: width, on: device)
        positionEmbedding = try TokenEmbedding(
            model["embeddings.position_embedding"], count: configuration.maximumPositionCount, width: width,
            on: device)
        layers = try (0..<configuration.hiddenLayerCount).map { index in
            try CLIPEncoderLayer(model["encoder.layers.\(index)"], configuration: configuration, on: device)
        }
        finalLayerNorm = try LayerNorm(
            model["final_layer_norm"], channels: width, epsilon: configuration.layerNormEpsilon, on: device)
        textProjection =
            if hasProjection {
                try Linear(
                    weights["text_projection"], inputs: width, outputs: configuration.projectionDimension ?? width,
                    hasBias: false, on: device)
            } else {
                nil
            }
    }

    /// Encodes prompts of equal length.
    ///
    /// - Parameter tokens: `[batch][position]`.
    public func callAsFunction(_ tokens: [[Int32]]) -> Output {
        var x = tokenEmbedding(tokens, positions: positionEmbedding)
        var hiddenStates = [x]
        for layer in layers {
            x = layer(x)
            hiddenStates.append(x)
        }
        let last = finalLayerNorm(x)
        let width = configuration.hiddenSize
        let ends = Tensor.concatenatingBatch(
            tokens.enumerated().map { index, tokens in
                let row = index * tokens.count + endOfText(in: tokens)
                return last.reshaped(last.count / width, width).samples(row..<row + 1)
            })
        return Output(
            hiddenStates: hiddenStates, lastHiddenState: last, pooled: textProjection.map { $0(ends) } ?? ends)
    }

    /// A hidden state counted from the last one, after the final normalisation: what clip-skip asks for.
    public func normalized(_ output: Output, skipping layers: Int) -> Tensor {
        guard layers > 0 else { return output.lastHiddenState }
        return finalLayerNorm(output.hiddenStates[output.hiddenStates.count - 1 - layers])
    }

    /// The position whose state stands for the whole text.
    private func endOfText(in tokens: [Int32]) -> Int {
        let token = configuration.poolsHighestToken ? tokens.max() : Int32(configuration.endOfTextToken)
        return tokens.firstIndex { $0 == token } ?? 0
    }
}

/// One layer of CLIP's text transformer: causal attention, then a feed-forward network, each after a normalisation.
private struct CLIPEncoderLayer: Sendable {
    private let layerNorm1: LayerNorm
    private let query, key, value, out: Linear
    private let layerNorm2: LayerNorm
    private let fc1, fc2: Linear
    private let heads: Int
    private let activation: Activation

    init(_ weights: Weights, configuration: CLIPTextConfiguration, on device: Device) throws {
        let (width, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        heads = configuration.attentionHeadCount
        activation = configuration.hiddenActivation == .gelu ? .gelu : .quickGELU
        let epsilon = configuration.layerNormEpsilon
        layerNorm1 = try LayerNorm(weights["layer_norm1"], channels: width, epsilon: epsilon, on: device)
        query = try Linear(weights["self_attn.q_proj"], inputs: width, outputs: width, on: device)
        key = try Linear(weights["self_attn.k_proj"], inputs: width, outputs: width, on: device)
        value = try Linear(weights["self_attn.v_proj"], inputs: width, outputs: width, on: device)
        out = try Linear(weights["self_attn.out_proj"], inputs: width, outputs: width, on: device)
        layerNorm2 = try LayerNorm(weights["layer_norm2"], channels: width, epsilon: epsilon, on: device)
        fc1 = try Linear(weights["mlp.fc1"], inputs: width, outputs: inner, on: device)
        fc2 = try Linear(weights["mlp.fc2"], inputs: inner, outputs: width, on: device)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = layerNorm1(x)
        let attended = attention(query: query(h), key: key(h), value: value(h), heads: heads, isCausal: true)
        let x = out(attended, adding: x)
        return fc2(fc1(layerNorm2(x), activation: activation), adding: x)
    }
}
