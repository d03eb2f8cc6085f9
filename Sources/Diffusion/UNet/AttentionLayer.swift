import NeuralNetwork

/// Multi-head attention with its four projections.
///
/// Reference: diffusers, `models/attention_processor.py`, `Attention`. The names of the first releases
/// (`query`, `key`, `value`, `proj_attn`) are read as well.
struct AttentionLayer: Sendable {
    private let query, key, value, out: Linear
    private let heads: Int

    /// Reads the projections.
    ///
    /// - Parameter hasBias: Whether queries, keys and values have biases.
    init(
        _ weights: Weights, channels: Int, contextWidth: Int, heads: Int, hasBias: Bool, on device: Device
    ) throws {
        self.heads = heads
        func projection(_ name: String, formerly old: String, inputs: Int, hasBias: Bool) throws -> Linear {
            let scope = weights.contains(old + ".weight") ? weights[old] : weights[name]
            let isConvolution = scope.shape(of: "weight")?.count == 4
            let shape = isConvolution ? [channels, inputs, 1, 1] : [channels, inputs]
            return Linear(
                weight: try scope.tensor("weight", shape: shape, on: device).reshaped(channels, inputs),
                bias: hasBias ? try scope.tensor("bias", shape: [channels], on: device) : nil)
        }
        query = try projection("to_q", formerly: "query", inputs: channels, hasBias: hasBias)
        key = try projection("to_k", formerly: "key", inputs: contextWidth, hasBias: hasBias)
        value = try projection("to_v", formerly: "value", inputs: contextWidth, hasBias: hasBias)
        out = try projection("to_out.0", formerly: "proj_attn", inputs: channels, hasBias: true)
    }

    /// Attends from `x` `[batch, position, channels]` to `context` `[batch, token, contextWidth]`, and adds `residual`.
    func callAsFunction(_ x: Tensor, context: Tensor, adding residual: Tensor) -> Tensor {
        let attended = attention(query: query(x), key: key(context), value: value(context), heads: heads)
        return out(attended, adding: residual)
    }
}
