import CKernels

/// Layer normalisation (Ba et al. 2016, arXiv:1607.06450) over the last dimension.
public struct LayerNorm: Sendable {
    private let weight: Tensor
    private let bias: Tensor
    private let epsilon: Float

    /// Reads `weight` and `bias` `[channels]`.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, channels: Int, epsilon: Float = 1e-5, on device: Device) throws {
        self.init(
            weight: try weights.tensor("weight", shape: [channels], on: device),
            bias: try weights.tensor("bias", shape: [channels], on: device), epsilon: epsilon)
    }

    /// Makes a layer of a weight and a bias `[channels]`.
    public init(weight: Tensor, bias: Tensor, epsilon: Float = 1e-5) {
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
    }

    /// Normalises `[…, channels]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let channels = weight.count
        precondition(x.shape.last == channels, "a layer of \(channels) channels was given \(x.shape)")
        let y = Tensor(uninitialized: x.shape, on: x.device)
        let (kernels, source, target) = (x.device.kernels.table.pointee, x.pointer, y.pointer)
        let (scale, offset) = (weight.pointer, bias.pointer)
        x.device.forEachRange(x.count / channels, grain: max(1, (1 << 14) / channels)) { range in
            let first = range.lowerBound * channels
            kernels.layer_norm(source + first, target + first, range.count, channels, scale, offset, epsilon)
        }
        return y
    }
}
