import CKernels

/// Rows of a map of one sample, `[height, width, channels]`, that go through a network before others are there.
public struct MapRows: Sendable {
    /// The whole map's rows.
    public let height: Int

    /// Pixels in a row.
    public let width: Int

    /// Numbers of a pixel.
    public let channels: Int

    /// Which rows are here.
    public let rows: Range<Int>

    /// What they are in, from its beginning on.
    private let memory: Tensor

    /// Makes rows of memory that has room for them; what is in it stays.
    ///
    /// Rows that share memory are not there at the same time: who writes to some of them has no use for the others any more.
    package init(_ rows: Range<Int>, ofHeight height: Int, width: Int, channels: Int, in memory: Tensor) {
        precondition(
            rows.count * width * channels <= memory.count, "\(memory.count) numbers are not \(rows.count) rows")
        self.height = height
        self.width = width
        self.channels = channels
        self.rows = rows
        self.memory = memory
    }

    /// Other rows of the same map in the same memory.
    package func replaced(by rows: Range<Int>) -> MapRows {
        MapRows(rows, ofHeight: height, width: width, channels: channels, in: memory)
    }

    /// Where they are.
    public var device: Device { memory.device }

    /// Where a row begins; valid while the rows live.
    package func pointer(toRow row: Int) -> UnsafeMutablePointer<Float> {
        memory.pointer + (row - rows.lowerBound) * width * channels
    }

    /// Copies rows that are here to where they are in others of the same map.
    package func copy(_ copied: Range<Int>, to others: MapRows) {
        others.pointer(toRow: copied.lowerBound).update(
            from: pointer(toRow: copied.lowerBound), count: copied.count * width * channels)
    }
}

extension Conv2D {
    /// How many rows of a map are computed at once: the first of some rows is a multiple of it, and so is the row behind the
    /// last, unless it is the map's end.
    public static let rowAlignment = 4

    /// Which rows of the result can be computed where the input's first `rows` of `height` are there: as many as are whole
    /// tiles and have a row below them.
    public static func rowsComputable(ofFirst rows: Int, height: Int) -> Int {
        rows >= height ? height : max(0, rows - 1) / rowAlignment * rowAlignment
    }

    /// Computes some rows of the result of a 3×3 convolution of stride 1 with zeros round the map, to the bit as all rows
    /// together have them.
    ///
    /// - Parameters:
    ///   - wanted: The rows, aligned to ``rowAlignment``.
    ///   - x: At least these rows of the input, and one above and below as far as there are any; of one sample.
    ///   - y: Where to write them: rows of the result, with these among them.
    public func compute(_ wanted: Range<Int>, of x: MapRows, into y: MapRows) {
        guard !wanted.isEmpty else { return }
        precondition(isSimple, "only 3×3 convolutions that keep a map's size are computed in rows")
        precondition(
            x.channels == weights.inputs && y.channels == weights.outputs && x.width == y.width,
            "\(x.channels) and \(y.channels) channels are not what the layer reads and writes")
        let needed = max(0, wanted.lowerBound - 1)..<min(x.height, wanted.upperBound + 1)
        precondition(
            x.rows.contains(needed) && y.rows.contains(wanted), "rows are missing to compute \(wanted) of \(x.rows)")
        precondition(
            wanted.lowerBound.isMultiple(of: Self.rowAlignment)
                && (wanted.upperBound.isMultiple(of: Self.rowAlignment) || wanted.upperBound == x.height),
            "\(wanted) are not whole tiles")
        x.device.work.add(
            multiplyAdds: wanted.count * x.width * weights.outputs * weights.inputs * weights.taps)
        if Winograd.repays(inputs: weights.inputs) {
            winograd(wanted, of: x, into: y)
        } else {
            direct(wanted, of: x, into: y)
        }
    }

    /// Each thread takes tiles all the way from pixels to pixels.
    private func winograd(_ wanted: Range<Int>, of x: MapRows, into y: MapRows) {
        let device = x.device
        let kernels = device.kernels.table.pointee
        var convolution = ck_winograd()
        (convolution.batch, convolution.height, convolution.width) = (1, x.height, x.width)
        (convolution.in_channels, convolution.out_channels) = (weights.inputs, weights.outputs)
        // The kernels count rows from the map's first one, and read and write no others than those that are here.
        convolution.input = UnsafePointer(x.pointer(toRow: 0))
        convolution.output = y.pointer(toRow: 0)
        convolution.weights = UnsafeRawPointer(weights.elements)
        convolution.half = weights.isHalf
        convolution.planes = planes.map { UnsafePointer($0.elements) }
        convolution.bias = weights.bias.map { UnsafePointer($0) }
        convolution.slope = weights.slopes.map { UnsafePointer($0) }
        convolution.zeros = UnsafePointer(zeros.pointer)
        let columns = (x.width + 3) / 4
        let first = wanted.lowerBound / 4 * columns
        let tiles = (wanted.upperBound + 3) / 4 * columns - first
        let most = Winograd.tilesInCache(inputs: weights.inputs, outputs: weights.outputs)
        let threads = device.threads.count
        let parts = min(tiles, ((tiles + most - 1) / most + threads - 1) / threads * threads)
        // Of one size however many tiles there are, so that the pool keeps one block of each.
        let (transformed, size) = transformed(&convolution, tiles: most, on: device)
        let (scratch, scratchSize) = scratch(tiles: most, on: device)
        let (planes, sums, shared) = (transformed.pointer, scratch.pointer, convolution)
        let vectors = weights.panels * (kernels.panel / kernels.lanes)
        device.forEach(parts) { part, thread in
            var work = shared
            work.first_tile = first + tiles * part / parts
            work.tiles = first + tiles * (part + 1) / parts - work.first_tile
            work.transformed = planes + thread * size
            kernels.winograd_input(&work, 0, work.tiles)
            kernels.winograd_products(&work, 0, vectors, 0, work.tiles, sums + thread * scratchSize)
        }
        withExtendedLifetime((x, y, transformed, scratch)) {}
    }

    private func direct(_ wanted: Range<Int>, of x: MapRows, into y: MapRows) {
        var gemm = ck_gemm()
        (gemm.out_height, gemm.out_width) = (x.height, x.width)
        (gemm.height, gemm.width) = (x.height, x.width)
        gemm.m = x.height * x.width
        gemm.lda = weights.inputs
        gemm.kernel_width = kernelSize
        gemm.stride = 1
        (gemm.pad_top, gemm.pad_left) = (1, 1)
        gemm.a = UnsafePointer(x.pointer(toRow: 0))
        gemm.c = y.pointer(toRow: 0)
        gemm.zeros = UnsafePointer(zeros.pointer)
        weights.run(gemm, rows: wanted.lowerBound * x.width..<wanted.upperBound * x.width, on: x.device)
        withExtendedLifetime((x, y)) {}
    }
}

extension Range<Int> {
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
