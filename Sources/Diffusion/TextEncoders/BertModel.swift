public import NeuralNetwork

/// BERT's encoder (Devlin et al. 2018, arXiv:1810.04805) over whole, unmasked sequences of one segment.
///
/// The padding is attended to: Stable Diffusion's pipeline passes no attention mask, and the bundled model is trained so.
/// Reference: transformers, `models/bert/modeling_bert.py`, `BertModel`.
public struct BertModel: Sendable {
    /// What the model's `config.json` says.
    public let configuration: BertConfiguration

    private let wordEmbeddings: TokenEmbedding
    private let positionEmbeddings: TokenEmbedding
    private let segment: Tensor
    private let layerNorm: LayerNorm
    private let layers: [BertLayer]
    private let planned: Planned

    /// Reads the model's weights.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, configuration: BertConfiguration, on device: Device) throws {
        self.configuration = configuration
        let width = configuration.hiddenSize
        let model = weights.contains("bert.embeddings.word_embeddings.weight") ? weights["bert"] : weights
        let embeddings = model["embeddings"]
        wordEmbeddings = try TokenEmbedding(
            embeddings["word_embeddings"], count: configuration.vocabularySize, width: width, on: device)
        positionEmbeddings = try TokenEmbedding(
            embeddings["position_embeddings"], count: configuration.maximumPositionCount, width: width, on: device)
        let segments = try embeddings.tensor(
            "token_type_embeddings.weight", shape: [configuration.tokenTypeCount, width], on: device)
        segment = segments.samples(0..<1)
        layerNorm = try LayerNorm(
            embeddings["LayerNorm"], channels: width, epsilon: configuration.layerNormEpsilon, on: device)
        layers = try (0..<configuration.hiddenLayerCount).map { index in
            try BertLayer(model["encoder.layer.\(index)"], configuration: configuration, on: device)
        }
        planned = Planned(on: device)
    }

    /// Encodes texts of equal length.
    ///
    /// - Parameter tokens: `[batch][position]`.
    /// - Returns: The last hidden state `[batch, position, width]`.
    public func callAsFunction(_ tokens: [[Int32]]) -> Tensor {
        let embedded = wordEmbeddings(tokens, positions: positionEmbeddings, constant: segment)
        return planned([embedded]) { inputs, _ in
            layers.reduce(layerNorm(inputs[0])) { x, layer in layer(x) }
        }
    }
}

/// One layer of BERT: attention, then a feed-forward network, each normalised after its residual sum.
private struct BertLayer: Sendable {
    private let query, key, value, attentionOutput: Linear
    private let attentionNorm: LayerNorm
    private let intermediate, output: Linear
    private let outputNorm: LayerNorm
    private let heads: Int

    init(_ weights: Weights, configuration: BertConfiguration, on device: Device) throws {
        let (width, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        let epsilon = configuration.layerNormEpsilon
        heads = configuration.attentionHeadCount
        query = try Linear(weights["attention.self.query"], inputs: width, outputs: width, on: device)
        key = try Linear(weights["attention.self.key"], inputs: width, outputs: width, on: device)
        value = try Linear(weights["attention.self.value"], inputs: width, outputs: width, on: device)
        attentionOutput = try Linear(weights["attention.output.dense"], inputs: width, outputs: width, on: device)
        attentionNorm = try LayerNorm(
            weights["attention.output.LayerNorm"], channels: width, epsilon: epsilon, on: device)
        intermediate = try Linear(weights["intermediate.dense"], inputs: width, outputs: inner, on: device)
        output = try Linear(weights["output.dense"], inputs: inner, outputs: width, on: device)
        outputNorm = try LayerNorm(weights["output.LayerNorm"], channels: width, epsilon: epsilon, on: device)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let attended = attention(query: query(x), key: key(x), value: value(x), heads: heads)
        let x = attentionNorm(attentionOutput(attended, adding: x))
        return outputNorm(output(intermediate(x, activation: .gelu), adding: x))
    }
}
