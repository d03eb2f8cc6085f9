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

    /// The width of ``Output/pooled``.
    let pooledWidth: Int

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
        pooledWidth = hasProjection ? configuration.projectionDimension ?? width : width
        let isScoped = weights.contains("text_model.embeddings.token_embedding.weight")
        let model = isScoped ? weights["text_model"] : weights
        tokenEmbedding = try TokenEmbedding(
            model["embeddings.token_embedding"], count: configuration.vocabularySize, width: width, on: device)
        positionEmbedding = try TokenEmbedding(
            model["embeddings.position_embedding"], count: configuration.maximumPositionCount, width: width,
            on: device)
        layers = try (0..<configuration.hiddenLayerCount).map { index in
            try CLIPEncoderLayer(model["encoder.layers.\(index)"], sizes: configuration.layerSizes, on: device)
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
            x = layer(x, isCausal: true)
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
