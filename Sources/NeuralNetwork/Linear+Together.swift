internal import CKernels

extension Linear {
    /// Applies many layers at once, each on one thread: together they are worth it where each alone is not.
    ///
    /// - Parameter layers: Each layer with its input `[…, inputs]`.
    /// - Returns: Their results `[…, outputs]`, in order.
    public static func together(_ layers: [(layer: Linear, input: Tensor)]) -> [Tensor] {
        guard let device = layers.first?.input.device else { return [] }
        let results = layers.map { layer, input in
            Tensor(uninitialized: input.shape.dropLast() + [layer.weights.width], on: device)
        }
        let products = zip(layers, results).map { layer, result in
            (weights: layer.layer.weights, product: layer.layer.weights.product(of: layer.input, into: result))
        }
        device.forEach(products.count) { index, _ in products[index].weights.runHere(products[index].product) }
        return results
    }
}
