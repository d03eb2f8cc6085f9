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

        /// The embeddings `[1, position, width]` of one chunk, and CLIP's state at its end.
        func encode(_ tokens: [[Int32]], skipping layers: Int, isXL: Bool) -> (states: Tensor, end: Tensor?) {
            switch self {
            case .bert(let model):
                return (model(tokens), nil)
            case .clip(let model):
                let output = model(tokens)
                // Stable Diffusion XL takes the layer before the last as it is.
                let states =
                    isXL
                    ? output.hiddenStates[output.hiddenStates.count - 2 - layers]
                    : model.normalized(output, skipping: layers)
                return (states, output.pooled)
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

    /// The width of the state that stands for a whole prompt; nil when the model is not told one.
    var pooledWidth: Int? {
        guard isXL, case .clip(let model)? = stages.last?.encoder else { return nil }
        return model.pooledWidth
    }

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
        let lengths = Set(stages.map(\.tokenizer.maximumLength))
        guard lengths.count == 1 else {
            let list = stages.map { "\($0.tokenizer.maximumLength)" }.joined(separator: " and ")
            throw DiffusionError.partsDisagree(
                folder: folder.path, problem: "the tokenizers make \(list) tokens of a prompt, which must be as many")
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

    /// Encodes a prompt, and with guidance what the picture should not show, to embeddings of one length.
    ///
    /// Layers are skipped for both, as in stable-diffusion-webui, `modules/sd_hijack_clip.py`; diffusers skips them for the
    /// prompt alone.
    func callAsFunction(
        _ prompt: String, negativePrompt: String?, clipSkip: Int, syntax: PromptSyntax
    ) throws(DiffusionError) -> Conditioning {
        let positive: [[PromptChunk]]
        do { positive = try chunks(of: prompt, syntax: syntax) } catch { throw .prompt(error) }
        guard let negativePrompt else {
            let count = Self.longest(positive)
            return Conditioning(positive: embedding(of: positive, count: count, clipSkip: clipSkip), negative: nil)
        }
        if negativePrompt.isEmpty && forcesZerosForEmptyPrompt {
            let embedding = embedding(of: positive, count: Self.longest(positive), clipSkip: clipSkip)
            return Conditioning(positive: embedding, negative: embedding.zeroed)
        }
        let negative: [[PromptChunk]]
        do { negative = try chunks(of: negativePrompt, syntax: syntax) } catch { throw .negativePrompt(error) }
        let count = max(Self.longest(positive), Self.longest(negative))
        return Conditioning(
            positive: embedding(of: positive, count: count, clipSkip: clipSkip),
            negative: embedding(of: negative, count: count, clipSkip: clipSkip))
    }

    /// What the text encoders see of a prompt, in its own syntax; nil where that is all of it.
    ///
    /// CLIP reads chunk after chunk; BERT has room for one, and what is beyond it is cut off.
    func seen(of text: String, syntax: PromptSyntax) throws(PromptProblem) -> String? {
        let parts = try PromptParser.parts(of: text, syntax: syntax)
        for (tokenizer, encoder) in stages {
            if case .bert = encoder, let fitting = parts.fitting(tokenizer) { return fitting.text(syntax: syntax) }
        }
        return nil
    }

    /// What each text encoder is given of a plain prompt that fits into one chunk.
    func tokens(of prompt: String) -> [[Int32]] { stages.map { $0.tokenizer.encode(prompt) } }

    /// A prompt's chunks for each text encoder.
    private func chunks(of text: String, syntax: PromptSyntax) throws(PromptProblem) -> [[PromptChunk]] {
        let parts = try PromptParser.parts(of: text, syntax: syntax)
        var chunks: [[PromptChunk]] = []
        for (tokenizer, encoder) in stages {
            switch encoder {
            case .clip: chunks.append(try PromptChunk.chunks(of: parts, tokenizer: tokenizer))
            case .bert: chunks.append([PromptChunk.single(parts, tokenizer: tokenizer)])
            }
        }
        return chunks
    }

    private static func longest(_ chunks: [[PromptChunk]]) -> Int { chunks.map(\.count).max() ?? 1 }

    /// The embeddings of chunks, filled up with empty ones to `count`, one after the other.
    private func embedding(of chunks: [[PromptChunk]], count: Int, clipSkip: Int) -> Conditioning.Embedding {
        var contexts: [Tensor] = []
        var pooled: Tensor?
        for ((tokenizer, encoder), chunks) in zip(stages, chunks) {
            let filled = chunks + Array(repeating: PromptChunk(), count: count - chunks.count)
            var states: [Tensor] = []
            for chunk in filled {
                let (state, end) = encoder.encode([chunk.completed(for: tokenizer)], skipping: clipSkip, isXL: isXL)
                states.append(chunk.weighting(state).reshaped(state.shape[1], state.shape[2]))
                // What stands for the whole prompt is what its beginning says.
                if states.count == 1, isXL { pooled = end }
            }
            contexts.append(.concatenatingBatch(states).reshaped(1, count * tokenizer.maximumLength, encoder.width))
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
