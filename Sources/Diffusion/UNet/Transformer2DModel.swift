import NeuralNetwork

/// Transformer layers over the pixels of a feature map, which look at each other and at the prompt.
///
/// Reference: diffusers, `models/transformers/transformer_2d.py`, `Transformer2DModel`.
struct Transformer2DModel: Sendable {
    private let norm: GroupNorm
    private let projectionIn, projectionOut: Linear
    private let blocks: [BasicTransformerBlock]

    init(
        _ weights: Weights, channels: Int, heads: Int, layers: Int, contextWidth: Int, groups: Int,
        usesLinearProjection: Bool, projections: inout Projections, on device: Device
    ) throws {
        norm = try GroupNorm(weights["norm"], groups: groups, channels: channels, epsilon: 1e-6, on: device)
        // A 1×1 convolution over channels-last maps is a linear layer.
        func projection(_ weights: Weights) throws -> Linear {
            let shape = usesLinearProjection ? [channels, channels] : [channels, channels, 1, 1]
            return Linear(
                weight: try weights.tensor("weight", shape: shape, on: device).reshaped(channels, channels),
                bias: try weights.tensor("bias", shape: [channels], on: device))
        }
        projectionIn = try projection(weights["proj_in"])
        projectionOut = try projection(weights["proj_out"])
        blocks = try (0..<layers).map { index in
            try BasicTransformerBlock(
                weights["transformer_blocks.\(index)"], channels: channels, heads: heads, contextWidth: contextWidth,
                projections: &projections, on: device)
        }
    }

    /// Applies the layers.
    ///
    /// - Parameters:
    ///   - x: `[batch, height, width, channels]`.
    ///   - projected: What the network's projections made of the prompts.
    func callAsFunction(_ x: Tensor, _ projected: Projections.Results) -> Tensor {
        let (batch, channels) = (x.shape[0], x.shape[3])
        let tokens = projectionIn(norm(x).reshaped(batch, x.count / batch / channels, channels))
        let attended = blocks.reduce(tokens) { tokens, block in block(tokens, projected) }
        return projectionOut(attended, adding: x.reshaped(attended.shape)).reshaped(x.shape)
    }
}

/// Self-attention, cross-attention and a feed-forward network, each after a normalisation and with a residual sum.
///
/// Reference: diffusers, `models/attention.py`, `BasicTransformerBlock`.
private struct BasicTransformerBlock: Sendable {
    private let norm1, norm2, norm3: LayerNorm
    private let selfAttention: SelfAttention
    private let crossAttention: CrossAttention
    private let keysAndValues: Projections.ContextIndex
    private let gate: GEGLU
    private let out: Linear

    init(
        _ weights: Weights, channels: Int, heads: Int, contextWidth: Int, projections: inout Projections,
        on device: Device
    ) throws {
        norm1 = try LayerNorm(weights["norm1"], channels: channels, on: device)
        selfAttention = try SelfAttention(
            weights["attn1"], channels: channels, heads: heads, hasBias: false, on: device)
        norm2 = try LayerNorm(weights["norm2"], channels: channels, on: device)
        crossAttention = try CrossAttention(weights["attn2"], channels: channels, heads: heads, on: device)
        keysAndValues = projections.add(
            seeingContext: try CrossAttention.keysAndValues(
                weights["attn2"], channels: channels, contextWidth: contextWidth, on: device))
        norm3 = try LayerNorm(weights["norm3"], channels: channels, on: device)
        gate = try GEGLU(weights["ff.net.0"], inputs: channels, outputs: 4 * channels, on: device)
        out = try Linear(weights["ff.net.2"], inputs: 4 * channels, outputs: channels, on: device)
    }

    func callAsFunction(_ x: Tensor, _ projected: Projections.Results) -> Tensor {
        var x = x
        x = selfAttention(norm1(x), adding: x)
        x = crossAttention(norm2(x), keysAndValues: projected[keysAndValues], adding: x)
        return out(gate(norm3(x)), adding: x)
    }
}
