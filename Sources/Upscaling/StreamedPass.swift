import Imaging
import NeuralNetwork

/// A chain of 3×3 convolutions applied to a picture from its top to its bottom, some rows at a time, and a pixel shuffle.
///
/// Each layer computes the rows that it can as soon as it can, and keeps of its input only the rows that those below
/// still need. So every number is computed once, what is in memory depends on the picture's width alone, and however many
/// rows a step takes, the result is the same to the bit.
struct StreamedPass: UpscalingPass {
    private let layers: [Conv2D]
    private let native: Int
    private let device: Device
    private let width: Int
    private let height: Int
    private let writer: ResultWriter
    private let reduction: ReducedWriter?

    /// The channels of each layer's input, and of the last one's result.
    private let channels: [Int]

    /// Rows of the picture that a step takes.
    private let rowsPerStep: Int

    let multiplyAdds: Int

    /// What layers read from and write to in turn; nil before the first step.
    private var maps: (Tensor, Tensor)?

    /// The rows of each layer's input, and of the last one's result, that are still needed.
    private var kept: [MapRows] = []

    /// How many rows each layer has computed.
    private var done: [Int]

    /// How many rows of the picture have become rows of the result.
    private var written = 0

    /// - Parameters:
    ///   - layers: The convolutions.
    ///   - channels: The channels of each one's input, and of the last one's result: three for each of the pixels that one
    ///     becomes, `[row, column, colour]`.
    ///   - width: Pixels in a row of the picture.
    ///   - height: Rows of the picture.
    ///   - native: How many times the network enlarges.
    ///   - scale: How many times the result's sides are the picture's.
    ///   - tileSize: About how many pixels a step is to take, as the side of a square; what stays near the processor when nil.
    ///   - device: Where it computes.
    init(
        _ layers: [Conv2D], channels: [Int], width: Int, height: Int, native: Int, scale: Int, tileSize: Int?,
        on device: Device
    ) {
        self.layers = layers
        self.channels = channels
        self.native = native
        self.device = device
        self.width = width
        self.height = height
        let square = tileSize.map { $0.multipliedReportingOverflow(by: $0) }
        let pixels = square.map { $0.overflow ? Int.max : $0.partialValue } ?? 2_048 * max(2, device.threads.count)
        let alignment = Conv2D.rowAlignment
        rowsPerStep = max(1, min(pixels / width, height) / alignment) * alignment
        writer = ResultWriter(width: scale * width, height: scale * height, on: device)
        reduction =
            scale < native ? ReducedWriter(writer, width: width, height: height, from: native, to: scale) : nil
        multiplyAdds = width * height * 9 * zip(channels, channels.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        done = Array(repeating: 0, count: layers.count)
    }

    var resultWidth: Int { writer.width }
    var resultHeight: Int { writer.height }
    var steps: Int { (height + rowsPerStep - 1) / rowsPerStep }

    /// The most rows that are kept of a map: those that a layer could not yet read all of the lines around, and one above.
    private static let mostKept = Conv2D.rowAlignment + 2

    /// The most rows that a layer reads at once: in the last step, all of them come to the end.
    private var mostRows: Int {
        min(height, rowsPerStep + layers.count * Conv2D.rowAlignment + Self.mostKept)
    }

    var workingBytes: Int {
        let widest = channels.max() ?? 0
        let floats = 2 * mostRows * widest + Self.mostKept * channels.reduce(0, +)
        // A line of the result for each thread; where it is brought down, all of them at once before that.
        let lines = 3 * native * (reduction == nil ? device.threads.count : native * mostRows + device.threads.count)
        return NetworkMemory.bytes(floats: width * (floats + lines), device: device, widest: widest)
    }

    mutating func advance(
        _ step: Int, of picture: borrowing PixelBuffer, into result: inout PixelBuffer
    ) throws(UpscalingError) {
        var maps = prepared()
        var there = min(height, (step + 1) * rowsPerStep)
        var rows = room(at: 0, upTo: there, in: maps.0)
        let new = kept[0].rows.upperBound..<there
        picture.copy(
            PixelRectangle(x: 0, y: new.lowerBound, width: width, height: new.count),
            to: rows.pointer(toRow: new.lowerBound))
        for (index, layer) in layers.enumerated() {
            there = max(done[index], Conv2D.rowsComputable(ofFirst: there, height: height))
            let output = room(at: index + 1, upTo: there, in: maps.1)
            layer.compute(done[index]..<there, of: rows, into: output)
            keep(rows, at: index, from: there - 1)
            done[index] = there
            rows = output
            maps = (maps.1, maps.0)
        }
        // Where the result is brought down, a row below must be there, too.
        let end = max(written, reduction == nil || there == height ? there : there - 1)
        let isFinite = write(written..<end, of: rows, picture, to: &result)
        keep(rows, at: layers.count, from: end - 1)
        written = end
        guard isFinite else { throw .notFinite }
    }

    /// The memory that layers read from and write to.
    private mutating func prepared() -> (Tensor, Tensor) {
        if let maps { return maps }
        kept = channels.map { channels in
            let count = min(height, Self.mostKept) * width * channels
            return MapRows(
                0..<0, ofHeight: height, width: width, channels: channels,
                in: Tensor(uninitialized: [count], on: device))
        }
        let count = mostRows * width * (channels.max() ?? 0)
        let made = (Tensor(uninitialized: [count], on: device), Tensor(uninitialized: [count], on: device))
        maps = made
        return made
    }

    /// Room for the rows of a map up to one, those that were kept of it in their place.
    private func room(at index: Int, upTo end: Int, in memory: Tensor) -> MapRows {
        let kept = kept[index]
        let rows = MapRows(
            kept.rows.lowerBound..<max(end, kept.rows.upperBound), ofHeight: height, width: width,
            channels: channels[index], in: memory)
        kept.copy(kept.rows, to: rows)
        return rows
    }

    /// Keeps the rows of a map from one on.
    private mutating func keep(_ rows: MapRows, at index: Int, from first: Int) {
        let range = min(max(first, rows.rows.lowerBound), rows.rows.upperBound)..<rows.rows.upperBound
        kept[index] = kept[index].replaced(by: range)
        rows.copy(range, to: kept[index])
    }

    /// Writes some rows of the enlarged picture; false if one of the numbers is not finite.
    private func write(
        _ rows: Range<Int>, of residual: MapRows, _ picture: borrowing PixelBuffer, to result: inout PixelBuffer
    ) -> Bool {
        guard !rows.isEmpty else { return true }
        let shuffle = PixelShuffle(scale: native, residual: residual)
        guard let reduction else { return shuffle.write(rows, picture, with: writer, to: &result) }
        let context = max(0, rows.lowerBound - 1)..<min(height, rows.upperBound + 1)
        return reduction.write(
            shuffle.tensor(of: context, picture),
            from: PixelRectangle(x: 0, y: context.lowerBound, width: width, height: context.count),
            part: PixelRectangle(x: 0, y: rows.lowerBound, width: width, height: rows.count), to: &result)
    }
}
