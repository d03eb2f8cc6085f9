/// What an autoencoder's two directions take, for one picture.
package protocol AutoencoderMemory: Sendable {
    /// Adds a picture of `height` × `width` pixels becoming a latent.
    func addEncoding(to estimate: inout MemoryEstimate, height: Int, width: Int)

    /// Adds a latent becoming a picture of `height` × `width` pixels.
    func addDecoding(to estimate: inout MemoryEstimate, height: Int, width: Int)
}

extension AutoencoderKLConfiguration: AutoencoderMemory {
    package func addEncoding(to estimate: inout MemoryEstimate, height: Int, width: Int) {
        var extent = MemoryEstimate.Extent(batch: 1, height: height, width: width)
        let picture = extent.count(inChannels)
        for _ in 0..<2 { estimate.take(picture) }
        var channels = blockOutChannels[0]
        var x = extent.count(channels)
        estimate.take(x)
        for (level, outputs) in blockOutChannels.enumerated() {
            for _ in 0..<layersPerBlock {
                estimate.addResnet(extent, inputs: channels, outputs: outputs)
                estimate.giveBack(x)
                channels = outputs
                x = extent.count(channels)
                estimate.take(x)
            }
            guard level < blockOutChannels.count - 1 else { continue }
            extent = extent.halved
            estimate.giveBack(x)
            x = extent.count(channels)
            estimate.take(x)
        }
        addMiddle(to: &estimate, extent)
        let latents = Array(repeating: extent.count(latentChannels), count: 6)
        estimate.together(latents + [x, extent.count(2 * latentChannels), extent.count(2 * latentChannels)])
        estimate.giveBack(x)
        for _ in 0..<2 { estimate.giveBack(picture) }
    }

    package func addDecoding(to estimate: inout MemoryEstimate, height: Int, width: Int) {
        var extent = MemoryEstimate.Extent(batch: 1, height: height / scale, width: width / scale)
        var channels = blockOutChannels[blockOutChannels.count - 1]
        let latents = extent.count(latentChannels)
        for _ in 0..<3 { estimate.take(latents) }
        var x = extent.count(channels)
        estimate.take(x)
        addMiddle(to: &estimate, extent)
        for (level, outputs) in blockOutChannels.enumerated().reversed() {
            for _ in 0...layersPerBlock {
                estimate.addResnet(extent, inputs: channels, outputs: outputs)
                estimate.giveBack(x)
                channels = outputs
                x = extent.count(channels)
                estimate.take(x)
            }
            guard level > 0 else { continue }
            extent = extent.doubled
            estimate.together(
                [extent.count(channels)]
                    + estimate.convolutionScratch(extent, inputs: channels, outputs: channels))
            estimate.giveBack(x)
            x = extent.count(channels)
            estimate.take(x)
            estimate.trim()
        }
        let sums = (extent.pixels + 63) / 64 * 2 * channels
        let pictures = [extent.count(outChannels), extent.count(outChannels), sums]
        estimate.together([x] + pictures + estimate.convolutionScratch(extent, inputs: channels, outputs: outChannels))
        estimate.giveBack(x)
        for _ in 0..<3 { estimate.giveBack(latents) }
    }

    private func addMiddle(to estimate: inout MemoryEstimate, _ extent: MemoryEstimate.Extent) {
        let channels = blockOutChannels[blockOutChannels.count - 1]
        estimate.addResnet(extent, inputs: channels, outputs: channels)
        guard hasMidBlockAttention else { return }
        let map = extent.count(channels)
        estimate.together(
            [map, map, map, 3 * map]
                + estimate.attentionScratch(
                    batch: 1, queries: extent.pixels, keys: extent.pixels, channels: channels, heads: 1))
    }
}

extension AutoencoderTinyConfiguration: AutoencoderMemory {
    package func addEncoding(to estimate: inout MemoryEstimate, height: Int, width: Int) {
        addLayers(
            to: &estimate, levels: encoderBlockCounts.count, channels: encoderChannels, height: height, width: width)
    }

    package func addDecoding(to estimate: inout MemoryEstimate, height: Int, width: Int) {
        addLayers(
            to: &estimate, levels: decoderBlockCounts.count, channels: decoderChannels, height: height, width: width)
    }

    /// All levels have one width: each holds a block's input, and two of its inner maps and its result at a time.
    private func addLayers(to estimate: inout MemoryEstimate, levels: Int, channels: Int, height: Int, width: Int) {
        var extent = MemoryEstimate.Extent(batch: 1, height: height, width: width)
        let pictures = Array(repeating: extent.count(max(inChannels, outChannels)), count: 4)
        for count in pictures { estimate.take(count) }
        for _ in 0..<levels {
            let map = extent.count(channels)
            estimate.together(
                [map, map, map] + estimate.convolutionScratch(extent, inputs: channels, outputs: channels))
            extent = extent.halved
        }
        for count in pictures { estimate.giveBack(count) }
    }
}
