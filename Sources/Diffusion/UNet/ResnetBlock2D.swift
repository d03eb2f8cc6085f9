import NeuralNetwork

/// A residual block: two convolutions, each after a group normalisation and SiLU, and a shortcut.
///
/// Reference: diffusers, `models/resnet.py`, `ResnetBlock2D`.
struct ResnetBlock2D: Sendable {
    private let norm1: GroupNorm
    private let conv1: Conv2D
    private let norm2: GroupNorm
    private let conv2: Conv2D
    private let shortcut: Conv2D?

    /// Reads the block's weights, but for the time embedding's projection.
    init(
        _ weights: Weights, inputs: Int, outputs: Int, groups: Int, epsilon: Float, on device: Device
    ) throws {
        norm1 = try GroupNorm(weights["norm1"], groups: groups, channels: inputs, epsilon: epsilon, on: device)
        conv1 = try Conv2D(weights["conv1"], inputs: inputs, outputs: outputs, on: device)
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
    ///   - shift: The time embedding's projection, `[batch, outputs]`; nil where there is none, as in autoencoders.
    /// - Returns: `[batch, height, width, outputs]`.
    func callAsFunction(_ x: Tensor, shift: Tensor? = nil) -> Tensor {
        let h = conv1(norm1(x, activation: .silu), shift: shift)
        return conv2(norm2(h, activation: .silu), adding: shortcut?(x) ?? x)
    }
}
