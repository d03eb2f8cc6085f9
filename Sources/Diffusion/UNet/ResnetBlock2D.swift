import NeuralNetwork

/// A residual block: two convolutions, each after a group normalisation and SiLU, and a shortcut.
///
/// Reference: diffusers, `models/resnet.py`, `ResnetBlock2D`.
struct ResnetBlock2D: Sendable {
    private let norm1: GroupNorm
    private let conv1: Conv2D
    private let timeProjection: Linear?
    private let norm2: GroupNorm
    private let conv2: Conv2D
    private let shortcut: Conv2D?

    /// Reads the block's weights.
    ///
    /// - Parameter timeDimension: The width of the time embedding; nil where there is none, as in autoencoders.
    init(
        _ weights: Weights, inputs: Int, outputs: Int, groups: Int, epsilon: Float, timeDimension: Int? = nil,
        on device: Device
    ) throws {
        norm1 = try GroupNorm(weights["norm1"], groups: groups, channels: inputs, epsilon: epsilon, on: device)
        conv1 = try Conv2D(weights["conv1"], inputs: inputs, outputs: outputs, on: device)
        timeProjection = try timeDimension.map { width in
            try Linear(weights["time_emb_proj"], inputs: width, outputs: outputs, on: device)
        }
        norm2 = try GroupNorm(weights["norm2"], groups: groups, channels: outputs, epsilon: epsilon, on: device)
        conv2 = try Conv2D(weights["conv2"], inputs: outputs, outputs: outputs, on: device)
        shortcut =
            inputs == outputs
            ? nil : try Conv2D(weights["conv_shortcut"], inputs: inputs, outputs: outputs, kernelSize: 1, on: device)
    }

    /// Applies the block.
    ///
    /// - Parameters:
    ///   - x: `[batch, height, width, inputs]`.
    ///   - activatedTime: SiLU of the time embedding, `[batch, timeDimension]`.
    /// - Returns: `[batch, height, width, outputs]`.
    func callAsFunction(_ x: Tensor, activatedTime: Tensor? = nil) -> Tensor {
        let shift = activatedTime.flatMap { time in timeProjection?(time) }
        let h = conv1(norm1(x, activation: .silu), shift: shift)
        return conv2(norm2(h, activation: .silu), adding: shortcut?(x) ?? x)
    }
}
