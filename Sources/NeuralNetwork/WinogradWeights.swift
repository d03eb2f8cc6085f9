import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A small layer's weights, transformed for Winograd's convolution: four times their memory, which large layers are not
/// worth; theirs are transformed when they are used.
///
/// Safe to send: the memory is written only by the initialiser.
final class WinogradWeights: @unchecked Sendable {
    /// `[36, vectors of outputs, inputs, lanes]`.
    let elements: UnsafeMutablePointer<Float>
    private let bytes: Int

    /// The most weights at one kernel position.
    private static let mostWeights = 1 << 14

    /// Transforms weights `[outputs, 9, inputs]`; nil if there are too many, or too few inputs.
    init?(_ weights: PackedMatrix) {
        let (inputs, outputs) = (weights.inputs, weights.outputs)
        guard inputs * outputs <= Self.mostWeights, Winograd.repays(inputs: inputs) else { return nil }
        let device = weights.device
        let (kernels, lanes) = (device.kernels.table.pointee, device.kernels.lanes)
        let vectors = (outputs + lanes - 1) / lanes
        let count = 36 * vectors * lanes * inputs
        bytes = count * MemoryLayout<Float>.stride
        let elements = WeightMemory.allocate(bytes: bytes).bindMemory(to: Float.self, capacity: count)
        self.elements = elements
        device.threads.forEach(vectors) { vector in
            var convolution = ck_winograd()
            (convolution.in_channels, convolution.out_channels) = (inputs, outputs)
            convolution.weights = UnsafeRawPointer(weights.elements)
            convolution.half = weights.isHalf
            kernels.winograd_weights(&convolution, vector, elements)
        }
    }

    deinit { WeightMemory.free(elements, bytes: bytes) }
}
