import NeuralNetwork

/// A residual block that sees the timestep.
struct TimedResnet: Sendable {
    let resnet: ResnetBlock2D
    let shift: Projections.TimeIndex

    func callAsFunction(_ x: Tensor, _ projected: Projections.Results) -> Tensor {
        resnet(x, shift: projected[shift])
    }
}

/// Residual blocks, each followed by a transformer if the block looks at the prompt, then a halving of the resolution.
///
/// Reference: diffusers, `models/unets/unet_2d_blocks.py`, `DownBlock2D` and `CrossAttnDownBlock2D`.
struct DownBlock2D: Sendable {
    let resnets: [TimedResnet]
    let attentions: [Transformer2DModel]
    let downsampler: Conv2D?

    /// Applies the block and appends every intermediate map to `skips`.
    func callAsFunction(_ x: Tensor, _ projected: Projections.Results, skips: inout [Tensor]) -> Tensor {
        var x = x
        for (index, resnet) in resnets.enumerated() {
            x = resnet(x, projected)
            if !attentions.isEmpty { x = attentions[index](x, projected) }
            skips.append(x)
        }
        if let downsampler {
            x = downsampler(x)
            skips.append(x)
        }
        return x
    }
}

/// A residual block, and for models with attention here a transformer and a second residual block.
///
/// Reference: diffusers, `models/unets/unet_2d_blocks.py`, `UNetMidBlock2D` and `UNetMidBlock2DCrossAttn`.
struct MidBlock2D: Sendable {
    let first: TimedResnet
    let rest: [(attention: Transformer2DModel, resnet: TimedResnet)]

    func callAsFunction(_ x: Tensor, _ projected: Projections.Results) -> Tensor {
        rest.reduce(first(x, projected)) { x, pair in pair.resnet(pair.attention(x, projected), projected) }
    }
}

/// Residual blocks over the map joined with one from the way down, then a doubling of the resolution.
///
/// Reference: diffusers, `models/unets/unet_2d_blocks.py`, `UpBlock2D` and `CrossAttnUpBlock2D`.
struct UpBlock2D: Sendable {
    let resnets: [TimedResnet]
    let attentions: [Transformer2DModel]
    let upsampler: Conv2D?

    /// Applies the block, taking a map from the end of `skips` for every residual block.
    func callAsFunction(_ x: Tensor, _ projected: Projections.Results, skips: inout [Tensor]) -> Tensor {
        var x = x
        for (index, resnet) in resnets.enumerated() {
            x = resnet(.concatenatingChannels([x, skips.removeLast()]), projected)
            if !attentions.isEmpty { x = attentions[index](x, projected) }
        }
        guard let upsampler, let next = skips.last else { return x }
        // The size of the map to come, which an odd size on the way down makes other than the double.
        return upsampler.upsampling(x, height: next.shape[1], width: next.shape[2])
    }
}

/// Makes the blocks of a U-net at the word of its configuration.
struct BlockBuilder {
    let configuration: UNet2DConditionConfiguration
    let device: Device

    /// What the blocks that were made see of the timestep and the prompt.
    private(set) var projections = Projections()

    init(configuration: UNet2DConditionConfiguration, device: Device) {
        self.configuration = configuration
        self.device = device
    }

    private var channels: [Int] { configuration.blockOutChannels }

    mutating func downBlock(_ weights: Weights, at index: Int) throws -> DownBlock2D {
        let (input, output) = (index == 0 ? channels[0] : channels[index - 1], channels[index])
        let layers = configuration.layersPerBlock[index]
        let resnets = try (0..<layers).map { layer in
            try resnet(weights["resnets.\(layer)"], inputs: layer == 0 ? input : output, outputs: output)
        }
        let hasAttention = configuration.downBlockTypes[index] == .crossAttention
        let attentions = try (0..<(hasAttention ? layers : 0)).map { layer in
            try transformer(
                weights["attentions.\(layer)"], at: index, layers: configuration.downTransformerLayers[index][layer])
        }
        let padding = configuration.downsamplePadding == 0 ? Conv2D.Padding.bottomRight : .all(1)
        let downsampler =
            index == channels.count - 1
            ? nil
            : try Conv2D(
                weights["downsamplers.0.conv"], inputs: output, outputs: output, stride: 2, padding: padding,
                on: device)
        return DownBlock2D(resnets: resnets, attentions: attentions, downsampler: downsampler)
    }

    mutating func midBlock(_ weights: Weights, type: UNet2DConditionConfiguration.MidBlockType) throws -> MidBlock2D {
        let (index, width) = (channels.count - 1, channels[channels.count - 1])
        let first = try resnet(weights["resnets.0"], inputs: width, outputs: width)
        guard type == .crossAttention else { return MidBlock2D(first: first, rest: []) }
        let attention = try transformer(
            weights["attentions.0"], at: index, layers: configuration.midTransformerLayers)
        let second = try resnet(weights["resnets.1"], inputs: width, outputs: width)
        return MidBlock2D(first: first, rest: [(attention, second)])
    }

    mutating func upBlock(_ weights: Weights, at index: Int) throws -> UpBlock2D {
        let last = channels.count - 1
        let level = last - index
        let output = channels[level]
        let previous = index == 0 ? output : channels[level + 1]
        let skip = channels[max(level - 1, 0)]
        let layers = configuration.layersPerBlock[level] + 1
        let resnets = try (0..<layers).map { layer in
            let inputs = (layer == 0 ? previous : output) + (layer == layers - 1 ? skip : output)
            return try resnet(weights["resnets.\(layer)"], inputs: inputs, outputs: output)
        }
        let hasAttention = configuration.upBlockTypes[index] == .crossAttention
        let attentions = try (0..<(hasAttention ? layers : 0)).map { layer in
            try transformer(
                weights["attentions.\(layer)"], at: level, layers: configuration.upTransformerLayers[index][layer])
        }
        let upsampler =
            index == last
            ? nil : try Conv2D(weights["upsamplers.0.conv"], inputs: output, outputs: output, on: device)
        return UpBlock2D(resnets: resnets, attentions: attentions, upsampler: upsampler)
    }

    private mutating func resnet(_ weights: Weights, inputs: Int, outputs: Int) throws -> TimedResnet {
        let block = try ResnetBlock2D(
            weights, inputs: inputs, outputs: outputs, groups: configuration.normGroupCount,
            epsilon: configuration.normEpsilon, on: device)
        let projection = try Linear(
            weights["time_emb_proj"], inputs: configuration.timeEmbeddingDimension, outputs: outputs, on: device)
        return TimedResnet(resnet: block, shift: projections.add(seeingTime: projection))
    }

    /// A transformer of the resolution `level`, the finest being 0.
    private mutating func transformer(_ weights: Weights, at level: Int, layers: Int) throws -> Transformer2DModel {
        try Transformer2DModel(
            weights, channels: channels[level], heads: configuration.attentionHeadCounts[level], layers: layers,
            contextWidth: configuration.crossAttentionDimensions[level], groups: configuration.normGroupCount,
            usesLinearProjection: configuration.usesLinearProjection, projections: &projections, on: device)
    }
}
