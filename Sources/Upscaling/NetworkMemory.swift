import NeuralNetwork

/// How much memory a network's pass takes, about.
enum NetworkMemory {
    /// Tensors of so many floats in all, in the pool's size classes, with what convolutions need beside them.
    ///
    /// - Parameter widest: The most channels of a layer.
    static func bytes(floats: Int, device: Device, widest: Int) -> Int {
        // Blocks are an eighth larger than what is asked for, at most; those of one size do not serve for another.
        let tensors = floats * MemoryLayout<Float>.stride / 4 * 5
        let tiles = Winograd.tilesPerBlock
        let convolutions =
            Winograd.transformed(tiles: tiles, inputs: widest)
            + device.kernels.winogradScratch(tiles: Winograd.tilesPerPart)
        return tensors + device.threads.count * convolutions * MemoryLayout<Float>.stride
    }
}
