import NeuralNetwork

/// The tokenizers and text encoders of a model: prompts in, embeddings out.
///
/// Reference: diffusers, `encode_prompt` of `pipeline_stable_diffusion.py` and `pipeline_stable_diffusion_xl.py`.
struct TextConditioner: Sendable {
    private enum Encoder: Sendable {
        case clip(CLIPTextModel)
        case bert(BertModel)

        var width: Int {
            switch self {
            case .clip(let model): model.configuration.hiddenSize
            case .bert(let model): model.configuration.hiddenSize
            }
        }

        var vocabularySize: Int {
            switch self {
            case .clip(let model): model.configuration.vocabularySize
            case .bert(let model): model.configuration.vocabularySize
            }
        }

        var maximumLength: Int {
            switch self {
            case .clip(let model): model.configuration.maximumPositionCount
            case .bert(let model): model.configuration.maximumPositionCount
            }
        }

        var sizes: (width: Int, inner: Int, heads: Int, layers: Int) {
            switch self {
            case .clip(let model):
                let sizes = model.configuration
                return (sizes.hiddenSize, sizes.intermediateSize, sizes.attentionHeadCount, sizes.hiddenLayerCount)
            case .bert(let model):
                let sizes = model.configuration
                return (sizes.hiddenSize, sizes.intermediateSize, sizes.attentionHeadCount, sizes.hiddenLayerCount)
            }
        }

        var skippableLayers: Int {
            switch self {
            case .clip(let model): model.configuration.hiddenLayerCount - 1
            case .bert: 0
            }
        }
    }

    private let stages: [(tokenizer: any Tokenizer, encoder: Encoder)]
    private let isXL: Bool
    private let forcesZerosForEmptyPrompt: Bool

    /// The width of a token's embedding.
    let width: Int

    /// How many tokens a chunk of a prompt has.
    var length: Int { stages.map(\.tokenizer.maximumLength).max() ?? 0 }

    /// The most layers that clip-skip can leave out.
    let maximumClipSkip: Int

    init(_ folder: ComponentFolder, index: ModelIndex, on device: Device) throws {
        isXL = index.pipelineClass.isXL
        forcesZerosForEmptyPrompt = isXL && index.forcesZerosForEmptyPrompt
        var names = ["text_encoder"]
        if isXL { names = ["text_encoder", "text_encoder_2"].filter { index.components[$0] != nil } }
        var stages: [(tokenizer: any Tokenizer, encoder: Encoder)] = []
        for name in names.isEmpty ? ["text_encoder_2"] : names {
            let tokenizer = try TokenizerLoader.load(
                folder: folder.file(name.replacing("text_encoder", with: "tokenizer")))
            let encoder = try Self.encoder(name, in: folder, index: index, on: device)
            guard Int(tokenizer.largestToken) < encoder.vocabularySize else {
                throw DiffusionError.partsDisagree(
                    folder: folder.path,
                    problem: "the tokenizer's tokens go up to \(tokenizer.largestToken), "
                        + "but the text encoder in \(name) knows \(encoder.vocabularySize)")
            }
            guard tokenizer.maximumLength <= encoder.maximumLength else {
                throw DiffusionError.partsDisagree(
                    folder: folder.path,
                    problem: "the tokenizer makes \(tokenizer.maximumLength) tokens of a prompt, "
                        + "but the text encoder in \(name) takes \(encoder.maximumLength)")
            }
            stages.append((tokenizer, encoder))
        }
        self.stages = stages
        width = stages.map(\.encoder.width).reduce(0, +)
        maximumClipSkip = stages.map(\.encoder.skippableLayers).min() ?? 0
    }

    private static func encoder(
        _ name: String, in folder: ComponentFolder, index: ModelIndex, on device: Device
    ) throws -> Encoder {
        let className = try index.requireComponent(
            name, oneOf: ["CLIPTextModel", "CLIPTextModelWithProjection", "BertModel"])
        let part = folder.folder(name)
        if className == "BertModel" {
            let configuration: BertConfiguration = try part.configuration()
            return .bert(
                try BertModel(Weights(folder: part.path), configuration: configuration, on: device))
        }
        let configuration: CLIPTextConfiguration = try part.configuration()
        return .clip(
            try CLIPTextModel(
                Weights(folder: part.path), configuration: configuration,
                hasProjection: className == "CLIPTextModelWithProjection", on: device))
    }

    /// Encodes a prompt, and with guidance what the picture should not show.
    func callAsFunction(
        _ prompt: String, negativePrompt: String?, clipSkip: Int
    ) -> Conditioning {
        let positive = embedding(of: prompt, clipSkip: clipSkip)
        guard let negativePrompt else { return Conditioning(positive: positive, negative: nil) }
        if negativePrompt.isEmpty && forcesZerosForEmptyPrompt {
            return Conditioning(positive: positive, negative: positive.zeroed)
        }
        // As in the reference, layers are skipped for the prompt alone.
        return Conditioning(positive: positive, negative: embedding(of: negativePrompt, clipSkip: 0))
    }

    private func embedding(of text: String, clipSkip: Int) -> Conditioning.Embedding {
        var contexts: [Tensor] = []
        var pooled: Tensor?
        for (tokenizer, encoder) in stages {
            let tokens = [tokenizer.encode(text)]
            switch encoder {
            case .bert(let model):
                contexts.append(model(tokens))
            case .clip(let model):
                let output = model(tokens)
                // Stable Diffusion XL takes the layer before the last as it is.
                contexts.append(
                    isXL
                        ? output.hiddenStates[output.hiddenStates.count - 2 - clipSkip]
                        : model.normalized(output, skipping: clipSkip))
                if isXL { pooled = output.pooled }
            }
        }
        return Conditioning.Embedding(context: .concatenatingChannels(contexts), pooled: pooled)
    }

    /// Adds the reading of one chunk of a prompt to an estimate of memory.
    func addEncoding(to estimate: inout MemoryEstimate) {
        for (tokenizer, encoder) in stages {
            let (width, inner, heads, layers) = encoder.sizes
            let extent = MemoryEstimate.Extent(batch: 1, height: 1, width: tokenizer.maximumLength)
            let state = extent.count(width)
            // CLIP keeps the states between its layers.
            estimate.together(Array(repeating: state, count: layers + 4))
            for _ in 0...layers { estimate.take(state) }
            estimate.together(
                Array(repeating: state, count: 7)
                    + estimate.attentionScratch(
                        batch: 1, queries: extent.width, keys: extent.width, channels: width, heads: heads))
            estimate.together([state, state, state, extent.count(inner)])
            for _ in 0...layers { estimate.giveBack(state) }
        }
    }
}
