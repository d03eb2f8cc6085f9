/// How a 3×3 convolution is shared out when it goes by Winograd's F(4×4, 3×3).
package enum Winograd {
    /// Tiles that are transformed before any of their products: few enough to stay near the processor.
    package static let tilesPerBlock = 256

    /// Tiles whose sums one thread holds in its second-level cache.
    package static let tilesPerPart = 128

    /// Tiles that one thread takes all the way: their transformed pixels and their sums leave half of the second-level
    /// cache to the weights, which all of them need.
    static func tilesInCache(inputs: Int, outputs: Int) -> Int {
        let bytes = 36 * (inputs + outputs) * MemoryLayout<Float>.stride
        return min(tilesPerPart, max(12, (512 << 10) / bytes / 6 * 6))
    }

    /// Whether there are input channels enough to repay transforming tiles and weights.
    ///
    /// It must not depend on the batch, nor on the number of threads: a sum's order would, and a sample's last bits.
    package static func repays(inputs: Int) -> Bool { inputs >= 16 }

    /// Floats from one plane of transformed tiles to the next. A multiple of a page would put the same place of all planes
    /// into the same few lines of the first-level cache.
    package static func plane(tiles: Int, inputs: Int) -> Int { tiles * inputs + 16 }

    /// Floats that hold transformed tiles.
    package static func transformed(tiles: Int, inputs: Int) -> Int { 36 * plane(tiles: tiles, inputs: inputs) }
}
