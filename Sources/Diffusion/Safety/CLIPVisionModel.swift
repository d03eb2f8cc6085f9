import NeuralNetwork

/// CLIP's vision transformer (Radford et al. 2021, arXiv:2103.00020).
///
/// Reference: transformers, `models/clip/modeling_clip.py`, `CLIPVisionModel`.
struct CLIPVisionModel: Sendable {
    private let classEmbedding: Tensor
    private let patchEmbedding: Conv2D
    private let positionEmbedding: Tensor
    private let preLayerNorm: LayerNorm
    private let layers: [CLIPEncoderLayer]
    private let postLayerNorm: LayerNorm

    init(_ weights: Weights, configuration: SafetyCheckerConfiguration.Vision, on device: Device) throws {
        let (width, patch) = (configuration.hiddenSize, configuration.patchSize)
        let epsilon = configuration.layerNormEpsilon
        // Published files have the name twice, those of newer libraries once.
        let isNested = weights.contains("vision_model.embeddings.class_embedding")
        let model = isNested ? weights["vision_model"] : weights
        let embeddings = model["embeddings"]
        let positions = (configuration.imageSize / patch) * (configuration.imageSize / patch) + 1
        classEmbedding = try embeddings.tensor("class_embedding", shape: [width], on: device)
        patchEmbedding = try Conv2D(
            embeddings["patch_embedding"], inputs: 3, outputs: width, kernelSize: patch, stride: patch,
            padding: .all(0), hasBias: false, on: device)
        positionEmbedding = try embeddings.tensor(
            "position_embedding.weight", shape: [positions, width], on: device)
        // So written in the checkpoints.
        preLayerNorm = try LayerNorm(model["pre_layrnorm"], channels: width, epsilon: epsilon, on: device)
        let sizes = CLIPEncoderLayer.Sizes(
            width: width, inner: configuration.intermediateSize, heads: configuration.attentionHeadCount,
            epsilon: epsilon, activation: configuration.hiddenActivation)
        layers = try (0..<configuration.hiddenLayerCount).map { index in
            try CLIPEncoderLayer(model["encoder.layers.\(index)"], sizes: sizes, on: device)
        }
        postLayerNorm = try LayerNorm(model["post_layernorm"], channels: width, epsilon: epsilon, on: device)
    }

    /// Encodes one picture.
    ///
    /// - Parameter picture: `[1, imageSize, imageSize, 3]`, normalised.
    /// - Returns: The normalised state of the class, `[1, width]`.
    func callAsFunction(_ picture: Tensor) -> Tensor {
        let width = classEmbedding.count
        let patches = patchEmbedding(picture)
        let rows = patches.reshaped(patches.count / width, width)
        let embedded = Tensor.concatenatingBatch([classEmbedding.reshaped(1, width), rows]) + positionEmbedding
        let input = preLayerNorm(embedded.reshaped(1, embedded.shape[0], width))
        let last = layers.reduce(input) { x, layer in layer(x, isCausal: false) }
        return postLayerNorm(last.reshaped(embedded.shape[0], width).samples(0..<1))
    }
}
