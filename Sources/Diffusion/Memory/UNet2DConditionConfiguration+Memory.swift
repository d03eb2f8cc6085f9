extension UNet2DConditionConfiguration {
    /// Adds one pass of the U-net.
    ///
    /// - Parameters:
    ///   - estimate: What the pass is added to.
    ///   - samples: The latents in the pass: twice the pictures where they are guided.
    ///   - height: A latent's height.
    ///   - width: A latent's width.
    ///   - tokens: The length of the prompts' embeddings.
    package func addPass(to estimate: inout MemoryEstimate, samples: Int, height: Int, width: Int, tokens: Int) {
        var extent = MemoryEstimate.Extent(batch: samples, height: height, width: width)
        let inputs = [extent.count(inChannels), extent.count(inChannels), samples * tokens * contextWidth]
        for count in inputs { estimate.take(count) }
        defer { for count in inputs { estimate.giveBack(count) } }
        // The embedding of the timestep, through its layers.
        for _ in 0..<4 { estimate.take(samples * timeEmbeddingDimension) }
        defer { for _ in 0..<4 { estimate.giveBack(samples * timeEmbeddingDimension) } }

        let projections = projectionCounts(samples: samples, tokens: tokens)
        for count in projections { estimate.take(count) }
        defer { for count in projections { estimate.giveBack(count) } }

        var skips: [(extent: MemoryEstimate.Extent, channels: Int)] = []
        func keep(_ channels: Int) {
            estimate.take(extent.count(channels))
            skips.append((extent, channels))
        }
        estimate.together(estimate.convolutionScratch(extent, inputs: inChannels, outputs: blockOutChannels[0]))
        keep(blockOutChannels[0])
        for level in blockOutChannels.indices {
            for layer in 0..<layersPerBlock[level] {
                let attends = downBlockTypes[level] == .crossAttention
                addLayer(
                    to: &estimate, extent, inputs: skips[skips.count - 1].channels, level: level,
                    transformerLayers: attends ? downTransformerLayers[level][layer] : 0, tokens: tokens)
                keep(blockOutChannels[level])
            }
            guard level < blockOutChannels.count - 1 else { continue }
            extent = extent.halved
            keep(blockOutChannels[level])
        }

        let last = blockOutChannels.count - 1
        var x = extent.count(blockOutChannels[last])
        if midBlockType != nil {
            addLayer(
                to: &estimate, extent, inputs: blockOutChannels[last], level: last,
                transformerLayers: midBlockType == .crossAttention ? midTransformerLayers : 0, tokens: tokens)
        }
        estimate.take(x)
        var channels = blockOutChannels[last]
        for level in blockOutChannels.indices.reversed() {
            let block = last - level
            for layer in 0...layersPerBlock[level] {
                let skip = skips.removeLast()
                let joined = extent.count(channels + skip.channels)
                estimate.take(joined)
                let attends = upBlockTypes[block] == .crossAttention
                addLayer(
                    to: &estimate, extent, inputs: channels + skip.channels, level: level,
                    transformerLayers: attends ? upTransformerLayers[block][layer] : 0, tokens: tokens)
                estimate.giveBack(joined)
                estimate.giveBack(skip.extent.count(skip.channels))
                channels = blockOutChannels[level]
                estimate.giveBack(x)
                x = extent.count(channels)
                estimate.take(x)
            }
            guard level > 0, let next = skips.last?.extent else { continue }
            let isDouble = next.height == extent.doubled.height && next.width == extent.doubled.width
            estimate.together(
                [next.count(channels)] + (isDouble ? [] : [next.count(channels)])
                    + estimate.convolutionScratch(next, inputs: channels, outputs: channels))
            estimate.giveBack(x)
            extent = next
            x = extent.count(channels)
            estimate.take(x)
        }
        // The last normalisation, and the prediction with what guidance and the scheduler make of it.
        estimate.together(
            [x] + Array(repeating: extent.count(outChannels), count: 4)
                + Array(repeating: extent.count(outChannels) / samples, count: 8)
                + estimate.convolutionScratch(extent, inputs: blockOutChannels[0], outputs: outChannels))
        estimate.giveBack(x)
    }

    /// What ``Projections`` makes of the timesteps and the prompts: a shift a residual block, keys and values a layer.
    private func projectionCounts(samples: Int, tokens: Int) -> [Int] {
        let last = blockOutChannels.count - 1
        var counts: [Int] = []
        func add(resnets: Int, transformerLayers: Int, level: Int) {
            let channels = blockOutChannels[level]
            counts += Array(repeating: samples * channels, count: resnets)
            counts += Array(repeating: samples * tokens * 2 * channels, count: transformerLayers)
        }
        for level in blockOutChannels.indices {
            let (down, up) = (downBlockTypes[level], upBlockTypes[last - level])
            let layers = layersPerBlock[level]
            let downTransformers = down == .crossAttention ? downTransformerLayers[level].sum : 0
            let upTransformers = up == .crossAttention ? upTransformerLayers[last - level].sum : 0
            add(resnets: layers, transformerLayers: downTransformers, level: level)
            add(resnets: layers + 1, transformerLayers: upTransformers, level: level)
        }
        if let midBlockType {
            let attends = midBlockType == .crossAttention
            add(resnets: attends ? 2 : 1, transformerLayers: attends ? midTransformerLayers : 0, level: last)
        }
        return counts
    }

    private var contextWidth: Int { crossAttentionDimensions.max() ?? 0 }

    /// A residual block and the transformer after it, to the channels of a level.
    private func addLayer(
        to estimate: inout MemoryEstimate, _ extent: MemoryEstimate.Extent, inputs: Int, level: Int,
        transformerLayers: Int, tokens: Int
    ) {
        let outputs = blockOutChannels[level]
        estimate.addResnet(extent, inputs: inputs, outputs: outputs)
        guard transformerLayers > 0 else { return }
        estimate.take(extent.count(outputs))
        estimate.addTransformer(
            extent, channels: outputs, heads: attentionHeadCounts[level], layers: transformerLayers, tokens: tokens)
        estimate.giveBack(extent.count(outputs))
    }
}

extension [Int] {
    fileprivate var sum: Int { reduce(0, +) }
}
