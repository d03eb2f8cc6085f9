public import NeuralNetwork

/// The U-net that predicts noise, velocity or the clean latent, conditioned on a timestep and a prompt
/// (Rombach et al. 2022, arXiv:2112.10752; Podell et al. 2023, arXiv:2307.01952).
///
/// Every sample of a batch has a timestep of its own.
/// Reference: diffusers, `models/unets/unet_2d_condition.py`, `UNet2DConditionModel`.
public struct UNet2DConditionModel: Sendable {
    /// What the network is told about each sample.
    public struct Conditions: Sendable {
        /// The timestep of each sample.
        public var timesteps: [Float]
        /// The prompts' embeddings, `[batch, tokens, width]`.
        public var context: Tensor
        /// The pooled prompts' embeddings `[batch, width]`; Stable Diffusion XL only.
        public var pooled: Tensor?
        /// Sizes and crops, or an aesthetics score, of each sample; Stable Diffusion XL only.
        public var timeIDs: [[Float]]
        /// The embedding of the guidance scale `[batch, width]`; latent consistency models only.
        public var guidance: Tensor?

        /// Makes conditions; those that a model does not know are left out.
        public init(
            timesteps: [Float], context: Tensor, pooled: Tensor? = nil, timeIDs: [[Float]] = [], guidance: Tensor? = nil
        ) {
            self.timesteps = timesteps
            self.context = context
            self.pooled = pooled
            self.timeIDs = timeIDs
            self.guidance = guidance
        }
    }

    /// What the model's `config.json` says.
    public let configuration: UNet2DConditionConfiguration

    private let timesteps: Timesteps
    private let timeEmbedding: TimestepEmbedding
    private let additionTimesteps: Timesteps?
    private let additionEmbedding: TimestepEmbedding?
    private let projections: Projections
    private let convIn: Conv2D
    private let downBlocks: [DownBlock2D]
    private let midBlock: MidBlock2D?
    private let upBlocks: [UpBlock2D]
    private let convNormOut: GroupNorm
    private let convOut: Conv2D
    private let planned: Planned

    /// Reads the model's weights.
    ///
    /// - Throws: `SafetensorsError` when a tensor is missing or has another shape.
    public init(_ weights: Weights, configuration: UNet2DConditionConfiguration, on device: Device) throws {
        self.configuration = configuration
        let channels = configuration.blockOutChannels
        var builder = BlockBuilder(configuration: configuration, device: device)

        timesteps = Timesteps(
            width: channels[0], flipSinToCos: configuration.flipSinToCos, frequencyShift: configuration.frequencyShift)
        timeEmbedding = try TimestepEmbedding(
            weights["time_embedding"], inputs: channels[0], outputs: configuration.timeEmbeddingDimension,
            condition: configuration.timeConditionDimension, on: device)
        additionTimesteps = configuration.textTimeEmbedding.map { embedding in
            Timesteps(
                width: embedding.timeDimension, flipSinToCos: configuration.flipSinToCos,
                frequencyShift: configuration.frequencyShift)
        }
        additionEmbedding = try configuration.textTimeEmbedding.map { embedding in
            try TimestepEmbedding(
                weights["add_embedding"], inputs: embedding.inputDimension,
                outputs: configuration.timeEmbeddingDimension, on: device)
        }
        convIn = try Conv2D(
            weights["conv_in"], inputs: configuration.inChannels, outputs: channels[0], on: device)
        downBlocks = try channels.indices.map { try builder.downBlock(weights["down_blocks.\($0)"], at: $0) }
        midBlock = try configuration.midBlockType.map { try builder.midBlock(weights["mid_block"], type: $0) }
        upBlocks = try channels.indices.map { try builder.upBlock(weights["up_blocks.\($0)"], at: $0) }
        projections = builder.projections
        convNormOut = try GroupNorm(
            weights["conv_norm_out"], groups: configuration.normGroupCount, channels: channels[0],
            epsilon: configuration.normEpsilon, on: device)
        convOut = try Conv2D(weights["conv_out"], inputs: channels[0], outputs: configuration.outChannels, on: device)
        planned = Planned(on: device)
    }

    /// Predicts for a batch of noisy latents.
    ///
    /// - Parameters:
    ///   - sample: `[batch, height, width, inChannels]`.
    ///   - conditions: One of each a sample.
    /// - Returns: `[batch, height, width, outChannels]`.
    public func callAsFunction(_ sample: Tensor, _ conditions: Conditions) -> Tensor {
        precondition(sample.shape[0] == conditions.timesteps.count, "one timestep a sample")
        let isLarge = sample.count / configuration.inChannels * configuration.blockOutChannels[0] > Self.mostPlanned
        guard additionEmbedding == nil && conditions.guidance == nil && !isLarge else {
            return predict(
                sample, time: embedding(of: conditions, on: sample.device),
                contexts: projections.contexts(conditions.context))
        }
        let numbers = timesteps(conditions.timesteps, on: sample.device)
        return planned([sample, numbers], constants: [conditions.context], prepare: { projections.contexts($0[0]) }) {
            inputs, contexts in predict(inputs[0], time: timeEmbedding(inputs[1]), contexts: contexts)
        }
    }

    /// The most numbers in the first feature map of a pass that is run as a plan; in larger ones the work is all.
    private static let mostPlanned = 1 << 18

    /// Predicts from the timesteps' embedding `[batch, timeEmbeddingDimension]` and what the layers that see the prompt
    /// make of it.
    private func predict(_ sample: Tensor, time: Tensor, contexts: [Tensor]) -> Tensor {
        let projected = Projections.Results(shifts: projections.shifts(Activation.silu(time)), contexts: contexts)
        var x = convIn(sample)
        var skips = [x]
        for block in downBlocks { x = block(x, projected, skips: &skips) }
        if let midBlock { x = midBlock(x, projected) }
        for block in upBlocks { x = block(x, projected, skips: &skips) }
        return convOut(convNormOut(x, activation: .silu))
    }

    /// The embedding of the timestep, and of what else the model is told, `[batch, timeEmbeddingDimension]`.
    private func embedding(of conditions: Conditions, on device: Device) -> Tensor {
        let time = timeEmbedding(timesteps(conditions.timesteps, on: device), condition: conditions.guidance)
        guard let additionTimesteps, let additionEmbedding, let pooled = conditions.pooled else { return time }
        let count = conditions.timesteps.count
        let sizes = additionTimesteps(Array(conditions.timeIDs.joined()), on: device)
        let addition = Tensor.concatenatingChannels([pooled, sizes.reshaped(count, sizes.count / count)])
        return time + additionEmbedding(addition)
    }
}
