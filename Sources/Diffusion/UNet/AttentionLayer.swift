import NeuralNetwork

/// The projections of multi-head attention, as checkpoints name them.
///
/// Reference: diffusers, `models/attention_processor.py`, `Attention`. The names of the first releases
/// (`query`, `key`, `value`, `proj_attn`) are read as well.
private struct AttentionProjections {
    let weights: Weights
    let channels: Int
    let device: Device

    func callAsFunction(
        _ name: String, formerly old: String, inputs: Int, hasBias: Bool
    ) throws -> (weight: Tensor, bias: Tensor?) {
        let scope = weights.contains(old + ".weight") ? weights[old] : weights[name]
        let isConvolution = scope.shape(of: "weight")?.count == 4
        let shape = isConvolution ? [channels, inputs, 1, 1] : [channels, inputs]
        return (
            try scope.tensor("weight", shape: shape, on: device).reshaped(channels, inputs),
            hasBias ? try scope.tensor("bias", shape: [channels], on: device) : nil
        )
    }
}

/// Multi-head attention of a sequence to itself, with its four projections; the first three are one product.
struct SelfAttention: Sendable {
    private let queryKeyValue, out: Linear
    private let channels, heads: Int

    /// Reads the projections.
    ///
    /// - Parameter hasBias: Whether queries, keys and values have biases.
    init(_ weights: Weights, channels: Int, heads: Int, hasBias: Bool, on device: Device) throws {
        let projection = AttentionProjections(weights: weights, channels: channels, device: device)
        queryKeyValue = Linear(joining: [
            try projection("to_q", formerly: "query", inputs: channels, hasBias: hasBias),
            try projection("to_k", formerly: "key", inputs: channels, hasBias: hasBias),
            try projection("to_v", formerly: "value", inputs: channels, hasBias: hasBias),
        ])
        out = Linear(joining: [try projection("to_out.0", formerly: "proj_attn", inputs: channels, hasBias: true)])
        self.channels = channels
        self.heads = heads
    }

    /// Attends within `x` `[batch, position, channels]`, and adds `residual`.
    func callAsFunction(_ x: Tensor, adding residual: Tensor) -> Tensor {
        let all = queryKeyValue(x)
        let attended = attention(
            query: Channels(all, 0..<channels), key: Channels(all, channels..<2 * channels),
            value: Channels(all, 2 * channels..<3 * channels), heads: heads)
        return out(attended, adding: residual)
    }
}

/// Multi-head attention of a sequence to the prompt, with two of its four projections.
///
/// Keys and values depend on the prompt alone; the network computes those of all its layers together.
struct CrossAttention: Sendable {
    private let query, out: Linear
    private let channels, heads: Int

    /// Reads the projections of `x` and of the result.
    init(_ weights: Weights, channels: Int, heads: Int, on device: Device) throws {
        let projection = AttentionProjections(weights: weights, channels: channels, device: device)
        query = Linear(joining: [try projection("to_q", formerly: "query", inputs: channels, hasBias: false)])
        out = Linear(joining: [try projection("to_out.0", formerly: "proj_attn", inputs: channels, hasBias: true)])
        self.channels = channels
        self.heads = heads
    }

    /// Reads the projections of the prompt to keys and values, `[2 × channels, contextWidth]`.
    static func keysAndValues(
        _ weights: Weights, channels: Int, contextWidth: Int, on device: Device
    ) throws -> Linear {
        let projection = AttentionProjections(weights: weights, channels: channels, device: device)
        return Linear(joining: [
            try projection("to_k", formerly: "key", inputs: contextWidth, hasBias: false),
            try projection("to_v", formerly: "value", inputs: contextWidth, hasBias: false),
        ])
    }

    /// Attends from `x` `[batch, position, channels]` to a prompt's keys and values `[batch, token, 2 × channels]`, and
    /// adds `residual`.
    func callAsFunction(_ x: Tensor, keysAndValues: Tensor, adding residual: Tensor) -> Tensor {
        let attended = attention(
            query: Channels(query(x)), key: Channels(keysAndValues, 0..<channels),
            value: Channels(keysAndValues, channels..<2 * channels), heads: heads)
        return out(attended, adding: residual)
    }
}
