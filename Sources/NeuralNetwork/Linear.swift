import CKernels

/// A linear layer: y = x Wᵀ + b.
public struct Linear: Sendable {
    let weights: PackedMatrix

    /// Reads `weight` `[outputs, inputs]` and, if there is one, `bias` `[outputs]`.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, inputs: Int, outputs: Int, hasBias: Bool = true, on device: Device) throws {
        self.init(
            weight: try weights.tensor("weight", shape: [outputs, inputs], on: device),
            bias: hasBias ? try weights.tensor("bias", shape: [outputs], on: device) : nil)
    }

    /// Makes a layer of a weight `[outputs, inputs]` and a bias `[outputs]`.
    public init(weight: Tensor, bias: Tensor?) {
        weights = PackedMatrix(weight.reshaped(weight.shape[0], 1, weight.shape[1]), bias: bias)
    }

    /// Makes one layer of several that have the same inputs; its outputs are theirs, one after the other.
    public init(joining layers: [(weight: Tensor, bias: Tensor?)]) {
        let biases = layers.compactMap(\.bias)
        precondition(biases.isEmpty || biases.count == layers.count, "either all layers have a bias or none")
        self.init(
            weight: .concatenatingBatch(layers.map(\.weight)),
            bias: biases.isEmpty ? nil : .concatenatingBatch(biases))
    }

    /// Transforms the last dimension of `x`.
    ///
    /// - Parameters:
    ///   - x: `[…, inputs]`.
    ///   - activation: Applied to the result.
    ///   - residual: Added to the result after the activation; `[…, outputs]`.
    /// - Returns: `[…, outputs]`.
    public func callAsFunction(
        _ x: Tensor, activation: Activation = .identity, adding residual: Tensor? = nil
    ) -> Tensor {
        weights.product(x, activation: activation, residual: residual)
    }
}

/// A linear layer whose output gates itself: (x W₁ᵀ + b₁)·gelu(x W₂ᵀ + b₂) (Shazeer 2020, arXiv:2002.05202).
public struct GEGLU: Sendable {
    private let weights: PackedMatrix

    /// Reads `proj.weight` `[2 × outputs, inputs]` and `proj.bias`.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, inputs: Int, outputs: Int, on device: Device) throws {
        self.init(
            weight: try weights.tensor("proj.weight", shape: [2 * outputs, inputs], on: device),
            bias: try weights.tensor("proj.bias", shape: [2 * outputs], on: device))
    }

    /// Makes a layer of a weight `[2 × outputs, inputs]` and a bias `[2 × outputs]`.
    public init(weight: Tensor, bias: Tensor?) {
        weights = PackedMatrix(weight.reshaped(weight.shape[0], 1, weight.shape[1]), bias: bias, isGated: true)
    }

    /// Transforms `x` `[…, inputs]` to `[…, outputs]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        weights.product(x, activation: .identity, residual: nil)
    }
}

extension PackedMatrix {
    fileprivate func product(_ x: Tensor, activation: Activation, residual: Tensor?) -> Tensor {
        let y = Tensor(uninitialized: x.shape.dropLast() + [width], on: x.device)
        precondition(residual == nil || residual?.shape == y.shape, "a residual must have the result's shape")
        var gemm = product(of: x, into: y)
        gemm.activation = activation.code
        gemm.residual = (residual?.pointer).map { UnsafePointer($0) }
        gemm.ldr = width
        run(gemm, on: x.device)
        return y
    }

    /// The product of `x` `[…, inputs]` with the weights.
    func product(of x: Tensor, into y: Tensor) -> ck_gemm {
        precondition(x.shape.last == inputs, "a layer of \(inputs) inputs was given \(x.shape)")
        var gemm = ck_gemm()
        gemm.m = x.count / inputs
        gemm.a = UnsafePointer(x.pointer)
        gemm.lda = inputs
        gemm.c = y.pointer
        return gemm
    }
}
