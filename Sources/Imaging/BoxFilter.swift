import Foundation
import Privacy

/// An average over a window whose outermost places count in part.
struct BoxFilter {
    /// How often it is applied for something like a Gaussian.
    static let passes = 3

    /// Places to each side that count in full.
    private let radius: Int

    /// The weight of a place that counts in full, and of the two that count in part, in units of 2⁻²⁴.
    private let full: UInt32
    private let partial: UInt32

    /// The filter that, applied `passes` times, blurs like a Gaussian of standard deviation `sigma`.
    init(sigma: Float, passes: Int) {
        let variance = sigma * sigma / Float(passes)
        let length = (12 * variance + 1).squareRoot()
        let whole = ((length - 1) / 2).rounded(.down)
        let fraction =
            (2 * whole + 1) * (whole * (whole + 1) - 3 * variance) / (6 * (variance - (whole + 1) * (whole + 1)))
        radius = Int(whole + fraction)
        full = UInt32(Float(1 << 24) / ((whole + fraction) * 2 + 1))
        partial = (1 << 24 - UInt32(radius * 2 + 1) * full) / 2
    }

    /// Filters lines of pixels in place.
    ///
    /// - Parameters:
    ///   - bytes: The pixels.
    ///   - lines: How many lines there are, `lineStride` bytes apart.
    ///   - length: Pixels in a line.
    ///   - channels: Bytes in a pixel.
    func apply(
        to bytes: UnsafeMutableBufferPointer<UInt8>, lines: Int, lineStride: Int, length: Int, channels: Int
    ) {
        var copy = SecretBytes(count: length * channels)
        copy.withUnsafeMutableBytes { line in
            for number in 0..<lines {
                let first = number * lineStride
                for place in line.indices { line[place] = bytes[first + place] }
                for channel in 0..<channels {
                    let at = { (place: Int) in UInt32(line[min(max(place, 0), length - 1) * channels + channel]) }
                    var sum = (-radius...radius).reduce(0) { $0 &+ at($1) }
                    for place in 0..<length {
                        bytes[first + place * channels + channel] = weighted(
                            sum, at(place - radius - 1) &+ at(place + radius + 1))
                        sum = sum &+ at(place + radius + 1) &- at(place - radius)
                    }
                }
            }
        }
    }

    /// Filters columns of bytes in place.
    func apply(to bytes: UnsafeMutableBufferPointer<UInt8>, columns: Int, rows: Int) {
        var copy = SecretBytes(count: columns * rows)
        var sums = [UInt32](repeating: 0, count: columns)
        copy.withUnsafeMutableBytes { old in
            _ = old.update(fromContentsOf: bytes)
            let row = { (number: Int) in min(max(number, 0), rows - 1) * columns }
            for number in -radius...radius {
                let from = row(number)
                for column in 0..<columns { sums[column] &+= UInt32(old[from + column]) }
            }
            for number in 0..<rows {
                let (before, after) = (row(number - radius - 1), row(number + radius + 1))
                let (leaving, target) = (row(number - radius), number * columns)
                for column in 0..<columns {
                    let entering = UInt32(old[after + column])
                    bytes[target + column] = weighted(sums[column], UInt32(old[before + column]) &+ entering)
                    sums[column] = sums[column] &+ entering &- UInt32(old[leaving + column])
                }
            }
        }
    }

    /// A byte of the places that count in full and the two that count in part.
    private func weighted(_ sum: UInt32, _ edges: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: (sum &* full &+ edges &* partial &+ 1 << 23) >> 24)
    }
}
