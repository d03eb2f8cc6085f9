import CKernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A layer's weights in the order in which the kernels of its device read them, packed once at load.
///
/// Large weights that half precision holds as they are, as those of most files, stay half precision: the kernels widen
/// them panel by panel.
///
/// Safe to send: the memory is written only by the initialiser.
final class PackedMatrix: @unchecked Sendable {
    let device: Device
    let outputs: Int
    let taps: Int
    let inputs: Int
    let isGated: Bool
    let panels: Int
    let isHalf: Bool
    let elements: UnsafeMutableRawPointer
    private let bytes: Int

    /// The bias in the order of the packed columns, filled up with zeros; nil where the layer has none.
    let bias: UnsafeMutablePointer<Float>?

    /// The slopes of PReLU, packed as the bias; nil where another activation follows, or none.
    let slopes: UnsafeMutablePointer<Float>?

    /// The fewest weights that stay half precision: those of fewer are in the cache anyway.
    private static let leastHalves = 1 << 12

    /// Packs weights.
    ///
    /// - Parameters:
    ///   - weights: `[outputs, taps, inputs]`.
    ///   - bias: `[outputs]`.
    ///   - slopes: What PReLU multiplies negative results with; `[outputs]`.
    ///   - isGated: Whether the second half of the outputs gates the first (GEGLU).
    init(_ weights: Tensor, bias biases: Tensor?, slopes negativeSlopes: Tensor? = nil, isGated: Bool = false) {
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
        isHalf = weights.count >= Self.leastHalves && weights.fitsHalf
        let size = isHalf ? MemoryLayout<UInt16>.stride : MemoryLayout<Float>.stride
        bytes = columns * taps * inputs * size
        elements = WeightMemory.allocate(bytes: bytes)
        bias = biases == nil ? nil : Self.allocate(columns)
        slopes = negativeSlopes == nil ? nil : Self.allocate(columns)
        if isHalf {
            device.reservePanel(floats: panel * taps * inputs)
            packHalves(weights, columns: columns)
        } else {
            pack(weights, taps: taps, inputs: inputs, into: elements.assumingMemoryBound(to: Float.self))
        }
        if let source = biases, let bias { pack(source, taps: 1, inputs: 1, into: bias) }
        if let source = negativeSlopes, let slopes { pack(source, taps: 1, inputs: 1, into: slopes) }
    }

    private func pack(_ source: Tensor, taps: Int, inputs: Int, into target: UnsafeMutablePointer<Float>) {
        let (kernels, rows) = (device.kernels.table.pointee, source.pointer)
        device.threads.forEach(panels) { panel in
            kernels.pack(rows, outputs, taps, inputs, isGated, target, panel, panel + 1)
        }
    }

    private func packHalves(_ source: Tensor, columns: Int) {
        let (kernels, rows) = (device.kernels.table.pointee, source.pointer)
        let (length, target) = (taps * inputs, elements.assumingMemoryBound(to: UInt16.self))
        device.threads.forEach(panels) { panel in
            let scratch = device.panelScratch()
            let first = panel * kernels.panel
            // `pack` writes where the panel belongs; its scratch begins there.
            let begin = scratch.pointer - first * length
            kernels.pack(rows, outputs, taps, inputs, isGated, begin, panel, panel + 1)
            kernels.narrow(scratch.pointer, target + first * length, min(kernels.panel, columns - first) * length)
        }
    }

    deinit {
        WeightMemory.free(elements, bytes: bytes)
        free(bias)
        free(slopes)
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        AlignedMemory.allocate(bytes: count * MemoryLayout<Float>.stride).bindMemory(to: Float.self, capacity: count)
    }
}

extension PackedMatrix {
    /// The columns of the result.
    var width: Int { isGated ? outputs / 2 : outputs }

    /// Runs the product that `gemm` describes on all threads: blocks of rows, times ranges of columns.
    ///
    /// Where there are few rows all the time goes into reading weights, so that no two threads read the same.
    func run(_ gemm: ck_gemm, on device: Device) {
        let gemm = completed(gemm)
        let kernels = device.kernels.table.pointee
        let tile = kernels.row_tile
        let blocks = max(1, gemm.m / (Self.tilesPerBlock * tile))
        let rowsPerBlock = ((gemm.m + blocks - 1) / blocks + tile - 1) / tile * tile
        // A part is worth handing out from some ten microseconds up.
        let work = gemm.m * outputs * inputs * taps
        device.work.add(multiplyAdds: work)
        let wanted = work < 1 << 15 ? 1 : device.parts(atMost: max(1, min(4, work >> 24)) * device.threads.count)
        let ranges = columnRanges((wanted + blocks - 1) / blocks, grain: 2)
        device.forEach((gemm.m + rowsPerBlock - 1) / rowsPerBlock * ranges.count) { [self] part, _ in
            var product = gemm
            let (block, range) = (part / ranges.count, ranges[part % ranges.count])
            let first = block * rowsPerBlock
            let scratch = panelScratch(for: &product)
            kernels.gemm(
                &product, first, min(product.m, first + rowsPerBlock), range.lowerBound, range.upperBound,
                scratch?.pointer)
        }
    }

    /// About how many tiles of rows a block has: their part of the input stays in the second-level cache unless the
    /// inner length is very long.
    private static let tilesPerBlock = 40

    /// Divides the vectors of all panels into so many ranges, or fewer: of panels, or of `grain` vectors where there are few
    /// panels.
    func columnRanges(_ wanted: Int, grain least: Int) -> [Range<Int>] {
        let kernels = device.kernels.table.pointee
        let vectors = kernels.panel / kernels.lanes
        let total = isGated ? panels * vectors : (outputs + kernels.lanes - 1) / kernels.lanes
        let grain = isGated || panels >= wanted && outputs.isMultiple(of: kernels.panel * wanted) ? vectors : least
        let grains = (total + grain - 1) / grain
        let count = max(1, min(wanted, grains))
        return (0..<count).map { index in
            grains * index / count * grain..<min(total, grains * (index + 1) / count * grain)
        }
    }

    /// Where a thread widens panels of halves; nil if the product needs none. It is of the weights' device, since a plan's
    /// own memory is not to be taken while it runs.
    private func panelScratch(for gemm: inout ck_gemm) -> Tensor? {
        device.kernels.table.pointee.widens_panels(&gemm) ? device.panelScratch() : nil
    }

    /// Runs some rows of the product that `gemm` describes, on all threads.
    func run(_ gemm: ck_gemm, rows: Range<Int>, on device: Device) {
        let gemm = completed(gemm)
        let kernels = device.kernels.table.pointee
        let tile = Self.tilesPerBlock * kernels.row_tile
        let vectors = panels * (kernels.panel / kernels.lanes)
        device.forEach((rows.count + tile - 1) / tile) { [self] part, _ in
            var product = gemm
            let first = rows.lowerBound + part * tile
            let scratch = panelScratch(for: &product)
            kernels.gemm(&product, first, min(rows.upperBound, first + tile), 0, vectors, scratch?.pointer)
        }
    }

    /// Runs a product on the calling thread alone.
    func runHere(_ gemm: ck_gemm) {
        var gemm = completed(gemm)
        let kernels = device.kernels.table.pointee
        device.work.add(multiplyAdds: gemm.m * outputs * inputs)
        let scratch = panelScratch(for: &gemm)
        kernels.gemm(&gemm, 0, gemm.m, 0, panels * (kernels.panel / kernels.lanes), scratch?.pointer)
    }

    /// A product with what it needs to know of the weights.
    private func completed(_ gemm: ck_gemm) -> ck_gemm {
        var gemm = gemm
        gemm.n = width
        gemm.k = inputs
        gemm.taps = taps
        gemm.b = UnsafeRawPointer(elements)
        gemm.half = isHalf
        gemm.ldc = width
        gemm.bias = bias.map { UnsafePointer($0) }
        gemm.slope = slopes.map { UnsafePointer($0) }
        if isGated { gemm.activation = ck_geglu }
        return gemm
    }
}

extension Tensor {
    /// Whether half precision holds every element as it is, and the device's kernels can widen it.
    fileprivate var fitsHalf: Bool {
        let kernels = device.kernels.table.pointee
        guard kernels.has_half else { return false }
        let elements = pointer
        let misfits = Atomic(false)
        device.threads.forEachRange(count, grain: 1 << 16) { range in
            guard !misfits.load(ordering: .relaxed) else { return }
            if !kernels.fits_half(elements + range.lowerBound, range.count) { misfits.store(true, ordering: .relaxed) }
        }
        return !misfits.load(ordering: .relaxed)
    }
}
