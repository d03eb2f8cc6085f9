import CKernels

/// An element-wise function that a layer applies to its result.
public enum Activation: Sendable {
    /// x
    case identity
    /// x·sigmoid(x) (Elfwing et al. 2017, arXiv:1702.03118), also called swish.
    case silu
    /// x·Φ(x), exact (Hendrycks and Gimpel 2016, arXiv:1606.08415).
    case gelu
    /// The tanh approximation of `gelu`.
    case geluTanh
    /// x·sigmoid(1.702 x): CLIP's approximation of `gelu`.
    case quickGELU
    /// max(x, 0)
    case relu

    var code: ck_activation {
        switch self {
        case .identity: ck_identity
        case .silu: ck_silu
        case .gelu: ck_gelu
        case .geluTanh: ck_gelu_tanh
        case .quickGELU: ck_quick_gelu
        case .relu: ck_relu
        }
    }

    /// Applies the function to every element; in place if nobody else holds `x`.
    public func callAsFunction(_ x: consuming Tensor) -> Tensor {
        let y = x.reusedOrNew()
        let (kernels, source, target) = (x.device.kernels.table.pointee, x.pointer, y.pointer)
        x.device.forEachRange(x.count, grain: 1 << 14) { range in
            kernels.activate(source + range.lowerBound, target + range.lowerBound, range.count, code)
        }
        return y
    }
}
