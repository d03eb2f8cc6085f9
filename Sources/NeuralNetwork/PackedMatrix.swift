import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A layer's weights in the order in which the kernels of its device read them, packed once at load.
///
/// Safe to send: the memory is written only by the initialiser.
final class PackedMatrix: @unchecked Sendable {
    let device: Device
    let outputs: Int
    let taps: Int
    let inputs: Int
    let isGated: Bool
    let panels: Int
    let elements: UnsafeMutablePointer<Float>

    /// The bias in the order of the packed columns, filled up with zeros; nil where the layer has none.
    let bias: UnsafeMutablePointer<Float>?

    /// Packs weights.
    ///
    /// - Parameters:
    ///   - weights: `[outputs, taps, inputs]`.
    ///   - bias: `[outputs]`.
    ///   - isGated: Whether the second half of the outputs gates the first (GEGLU).
    init(_ weights: Tensor, bias biases: Tensor?, isGated: Bool = false) {
        device = weights.device
        (outputs, taps, inputs) = (weights.shape[0], weights.shape[1], weights.shape[2])
        self.isGated = isGated
        let kernels = device.kernels
        let panel = kernels.panel
        let columns: Int
        if isGated {
            let half = panel / 2
            panels = (outputs / 2 + half - 1) / half
            columns = panels * panel
        } else {
            panels = (outputs + panel - 1) / panel
            columns = (outputs + kernels.lanes - 1) / kernels.lanes * kernels.lanes
        }
        elements = Self.allocate(columns * taps * inputs)
        bias = biases == nil ? nil : Self.allocate(columns)
        pack(weights, taps: taps, inputs: inputs, into: elements)
        if let source = biases, let bias { pack(source, taps: 1, inputs: 1, into: bias) }
    }

    private func pack(_ source: Tensor, taps: Int, inputs: Int, into target: UnsafeMutablePointer<Float>) {
        let (kernels, rows) = (device.kernels.table.pointee, source.pointer)
        device.threads.forEach(panels) { panel in
            kernels.pack(rows, outputs, taps, inputs, isGated, target, panel, panel + 1)
        }
    }

    deinit {
        free(elements)
        free(bias)
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        AlignedMemory.allocate(bytes: count * MemoryLayout<Float>.stride).bindMemory(to: Float.self, capacity: count)
    }
}

extension PackedMatrix {
    /// The columns of the result.
    var width: Int { isGated ? outputs / 2 : outputs }

    /// Runs the product that `gemm` describes on all threads: blocks of rows that fit the second-level cache, times
    /// groups of panels.
    func run(_ gemm: ck_gemm) {
        var gemm = gemm
        gemm.n = width
        gemm.k = inputs
        gemm.taps = taps
        gemm.b = UnsafePointer(elements)
        gemm.ldc = width
        gemm.bias = bias.map { UnsafePointer($0) }
        if isGated { gemm.activation = ck_geglu }

        let kernels = device.kernels.table.pointee
        let tile = kernels.row_tile
        let fitting = (512 * 1024 / MemoryLayout<Float>.stride) / max(1, inputs * taps)
        let wanted = max(8 * tile, min(fitting, 40 * tile))
        let rowBlocks = max(1, (gemm.m + wanted - 1) / wanted)
        let rowsPerBlock = ((gemm.m + rowBlocks - 1) / rowBlocks + tile - 1) / tile * tile
        let groups = max(1, min(panels, (4 * device.threads.count + rowBlocks - 1) / rowBlocks))
        let product = gemm
        let isSmall = gemm.m * outputs * inputs * taps < 1 << 15
        let body = { [panels] (part: Int) in
            var product = product
            let (block, group) = (part / groups, part % groups)
            let first = block * rowsPerBlock
            kernels.gemm(
                &product, first, min(product.m, first + rowsPerBlock), panels * group / groups,
                panels * (group + 1) / groups)
        }
        let parts = groups * ((gemm.m + rowsPerBlock - 1) / rowsPerBlock)
        if isSmall { (0..<parts).forEach(body) } else { device.threads.forEach(parts, body) }
    }
}
