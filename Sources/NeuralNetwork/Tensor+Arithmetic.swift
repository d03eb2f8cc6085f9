/// Element-wise arithmetic between tensors of one shape, and with scalars: what schedulers are written in.
extension Tensor {
    /// Applies a function to every element.
    public func map(_ transform: (Float) -> Float) -> Tensor {
        let result = Tensor(uninitialized: shape, on: device)
        let (source, target) = (pointer, result.pointer)
        for index in 0..<count { target[index] = transform(source[index]) }
        return result
    }

    /// Combines two tensors of one shape element by element.
    public func zip(_ other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
        precondition(shape == other.shape, "shapes differ: \(shape) and \(other.shape)")
        let result = Tensor(uninitialized: shape, on: device)
        let (left, right, target) = (pointer, other.pointer, result.pointer)
        for index in 0..<count { target[index] = combine(left[index], right[index]) }
        return result
    }

    /// The element-wise sum.
    public static func + (left: Tensor, right: Tensor) -> Tensor { left.zip(right) { $0 + $1 } }

    /// The element-wise difference.
    public static func - (left: Tensor, right: Tensor) -> Tensor { left.zip(right) { $0 - $1 } }

    /// Every element times a number.
    public static func * (factor: Float, tensor: Tensor) -> Tensor { tensor.map { factor * $0 } }

    /// Every element divided by a number.
    public static func / (tensor: Tensor, divisor: Float) -> Tensor { tensor.map { $0 / divisor } }
}
