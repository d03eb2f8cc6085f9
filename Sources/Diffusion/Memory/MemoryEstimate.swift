package import NeuralNetwork

/// How much memory a pass takes in a ``MemoryPool``, from the shapes of its tensors alone.
///
/// The pool reuses a block only for tensors of its size class, so what a pass holds at its end is, for each class, the
/// most blocks that were in use at once. The networks' descriptions follow their code and round up: a tensor that may
/// be gone by then is counted.
package struct MemoryEstimate {
    private let threads: Int
    private let kernels: Kernels
    private var live: [Int: Int] = [:]
    private var most: [Int: Int] = [:]
    private var peakBeforeTrimming = 0
    private var leftByTrimming = 0
    private var kept = 0

    package init(on device: Device) {
        threads = device.threads.count
        kernels = device.kernels
        // What threads widen panels of weights into.
        if device.panelScratchCount > 0 { for _ in 0..<threads { take(device.panelScratchCount) } }
    }

    /// The bytes that the pool holds at the peak.
    package var peak: Int { max(peakBeforeTrimming, bytes) + kept }

    /// What to allow for: with Stable Diffusion 1.5, the process's memory rises by a fifth more than the pool's.
    package var allowance: Int { peak + peak / 4 }

    private var bytes: Int { Self.bytes(most) + leftByTrimming }

    private static func bytes(_ blocks: [Int: Int]) -> Int { blocks.reduce(0) { $0 + $1.key * $1.value } }

    private static func capacity(_ count: Int) -> Int {
        MemoryPool.capacity(forBytes: max(0, count) * MemoryLayout<Float>.stride)
    }

    /// Holds a tensor of so many elements until ``giveBack(_:)``.
    mutating func take(_ count: Int) {
        live[Self.capacity(count), default: 0] += 1
        together([])
    }

    /// Lets go of a tensor of so many elements.
    mutating func giveBack(_ count: Int) { live[Self.capacity(count), default: 0] -= 1 }

    /// Tensors that exist at one moment, besides those that are held.
    mutating func together(_ counts: [Int]) {
        var now = live
        for count in counts { now[Self.capacity(count), default: 0] += 1 }
        most.merge(now) { max($0, $1) }
    }

    /// A network that is run as a plan if it is small, and then keeps what it needs, beside what others need.
    mutating func addNetwork(_ add: (inout MemoryEstimate) -> Void) {
        var alone = self
        (alone.live, alone.most, alone.peakBeforeTrimming, alone.leftByTrimming, alone.kept) = ([:], [:], 0, 0, 0)
        add(&alone)
        if alone.peak <= Self.mostPlanned { kept += alone.peak } else { add(&self) }
    }

    /// No network that needs more is run as a plan.
    private static let mostPlanned = 64 << 20

    /// What ``MemoryPool/trim()`` does: idle blocks go if there is much in them, and may stay otherwise.
    package mutating func trim() {
        peakBeforeTrimming = max(peakBeforeTrimming, bytes)
        let held = Self.bytes(live)
        guard bytes - held > MemoryPool.idleBytesKept else { return }
        most = live
        leftByTrimming = MemoryPool.idleBytesKept
    }
}

/// The layers' own needs.
extension MemoryEstimate {
    /// A feature map's or a sequence's size; a map's elements are `batch * pixels * channels`.
    struct Extent {
        var batch: Int
        var height: Int
        var width: Int

        var pixels: Int { height * width }

        /// The elements of a tensor of so many channels.
        func count(_ channels: Int) -> Int { batch * pixels * channels }

        /// The map that a convolution of stride 2 makes.
        var halved: Extent { Extent(batch: batch, height: (height + 1) / 2, width: (width + 1) / 2) }

        /// The map that a nearest-neighbour upsampling makes.
        var doubled: Extent { Extent(batch: batch, height: 2 * height, width: 2 * width) }
    }

    /// What a 3×3 convolution writes its transformed tiles and sums to; `Conv2D` says how many at a time.
    func convolutionScratch(_ extent: Extent, inputs: Int, outputs: Int) -> [Int] {
        let tiles = extent.batch * ((extent.height + 3) / 4) * ((extent.width + 3) / 4)
        guard Winograd.repays(inputs: inputs) else { return [] }
        let (part, block) = (min(tiles, Winograd.tilesPerPart), min(tiles, Winograd.tilesPerBlock))
        let scratch = kernels.winogradScratch(tiles: part)
        let transformed =
            outputs <= kernels.panel
            ? threads * Winograd.transformed(tiles: part, inputs: inputs)
            : Winograd.transformed(tiles: block, inputs: inputs)
        return [transformed, threads * scratch]
    }

    /// What multi-head attention packs keys and values into, and its blocks of scores.
    func attentionScratch(batch: Int, queries: Int, keys: Int, channels: Int, heads: Int) -> [Int] {
        let (lanes, rows, dim) = (kernels.lanes, kernels.rowTile, channels / heads)
        func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }
        let packed = batch * heads * (dim * padded(keys) + keys * padded(dim))
        let block = max(rows, min(16 * rows, 128 * 1024 / padded(keys) / rows * rows))
        return [packed, threads * min(queries, block) * (padded(keys) + 1)]
    }

    /// A residual block; the caller holds its input, and then its result.
    mutating func addResnet(_ extent: Extent, inputs: Int, outputs: Int) {
        let (input, output) = (extent.count(inputs), extent.count(outputs))
        let sums = extent.batch * ((extent.pixels + 63) / 64) * 2
        let small = [extent.batch * inputs, extent.batch * inputs, extent.batch * outputs, extent.batch * outputs]
        together(small + [sums * inputs, input, output] + convolutionScratch(extent, inputs: inputs, outputs: outputs))
        let shortcut = inputs == outputs ? [] : [output]
        together(
            small + [sums * outputs, output, output, output] + shortcut
                + convolutionScratch(extent, inputs: outputs, outputs: outputs))
    }

    /// Layers of self-attention, cross-attention to `tokens` and a gated network; the caller holds input, result, and the
    /// prompts' keys and values.
    mutating func addTransformer(
        _ extent: Extent, channels: Int, heads: Int, layers: Int, tokens: Int, hasGate: Bool = true
    ) {
        guard layers > 0 else { return }
        let map = extent.count(channels)
        let sums = extent.batch * ((extent.pixels + 63) / 64) * 2 * channels
        together([sums, map, map])
        // The sequence before and after a sum, its normalisation, and what attention makes of them.
        let sequence = [map, map, map, map]
        together(
            sequence + [3 * map]
                + attentionScratch(
                    batch: extent.batch, queries: extent.pixels, keys: extent.pixels, channels: channels, heads: heads))
        together(
            sequence + [map]
                + attentionScratch(
                    batch: extent.batch, queries: extent.pixels, keys: tokens, channels: channels, heads: heads))
        together([map, map, map, 4 * map])
    }
}
