import NeuralNetwork

/// As much of a prompt as a text encoder takes at once: its tokens, and how much each counts.
struct PromptChunk: Equatable {
    /// The tokens without begin, end and padding.
    private(set) var tokens: [Int32] = []
    /// What each token's embedding is multiplied with.
    private(set) var weights: [Float] = []

    /// The most chunks of a prompt: a longer prompt would hold up everyone who shares the denoiser with it.
    static let limit = 16

    /// A chunk may end at a comma among so many of its last tokens, rather than in the middle of a phrase.
    private static let backtrack = 20

    /// Cuts a prompt into chunks; at least one.
    ///
    /// Reference: stable-diffusion-webui, `modules/sd_hijack_clip.py`, `tokenize_line`, with the default
    /// `comma_padding_backtrack`.
    ///
    /// - Throws: `PromptProblem.tooLong` for more than `limit` chunks.
    static func chunks(of parts: [PromptPart], tokenizer: any Tokenizer) throws(PromptProblem) -> [PromptChunk] {
        let capacity = tokenizer.maximumLength - 2
        let commas = tokenizer.tokens(of: ",")
        let comma = commas.count == 1 ? commas.first : nil
        var chunks: [PromptChunk] = []
        var chunk = PromptChunk()
        var lastComma: Int?
        func next(_ begun: PromptChunk = PromptChunk()) throws(PromptProblem) {
            chunks.append(chunk)
            guard chunks.count <= limit else { throw .tooLong(tokens: limit * capacity) }
            chunk = begun
            lastComma = nil
        }
        for part in parts {
            guard case .text(let text, let weight) = part else {
                try next()
                continue
            }
            for token in tokenizer.tokens(of: text) {
                if token == comma {
                    lastComma = chunk.tokens.count
                } else if chunk.tokens.count == capacity, let comma = lastComma, capacity - comma <= backtrack {
                    try next(chunk.cut(at: comma + 1))
                }
                if chunk.tokens.count == capacity { try next() }
                chunk.tokens.append(token)
                chunk.weights.append(weight)
            }
        }
        if !chunk.tokens.isEmpty || chunks.isEmpty { try next() }
        return chunks
    }

    /// A prompt as one chunk, its end cut off where there is no room, its breaks of no effect.
    static func single(_ parts: [PromptPart], tokenizer: any Tokenizer) -> PromptChunk {
        var chunk = PromptChunk()
        for case .text(let text, let weight) in parts {
            let tokens = tokenizer.tokens(of: text).prefix(tokenizer.maximumLength - 2 - chunk.tokens.count)
            chunk.tokens += tokens
            chunk.weights += tokens.map { _ in weight }
        }
        return chunk
    }

    private mutating func cut(at index: Int) -> PromptChunk {
        let rest = PromptChunk(tokens: Array(tokens[index...]), weights: Array(weights[index...]))
        tokens.removeSubrange(index...)
        weights.removeSubrange(index...)
        return rest
    }

    /// Begin, the tokens, end, padding: exactly as many as the tokenizer's text encoder takes.
    func completed(for tokenizer: any Tokenizer) -> [Int32] {
        let content = [tokenizer.beginToken] + tokens + [tokenizer.endToken]
        return content + Array(repeating: tokenizer.paddingToken, count: tokenizer.maximumLength - content.count)
    }

    /// More than this the mean is not made up for: it has all but vanished.
    private static let maximumRatio: Float = 1e6

    /// Multiplies each token's embedding with its weight, and then all of them so that their mean is what it was.
    ///
    /// Reference: stable-diffusion-webui, `modules/sd_emphasis.py`, `EmphasisOriginal`.
    ///
    /// - Parameter embeddings: `[1, position, width]`.
    func weighting(_ embeddings: Tensor) -> Tensor {
        guard weights.contains(where: { $0 != 1 }) else { return embeddings }
        var result = embeddings
        let width = embeddings.shape[2]
        result.withMutableElements { elements in
            let before = elements.reduce(0.0) { $0 + Double($1) }
            for (position, weight) in zip(1..., weights) {
                for index in position * width..<(position + 1) * width { elements[index] *= weight }
            }
            let after = elements.reduce(0.0) { $0 + Double($1) }
            guard after != 0 else { return }
            let ratio = Float(before / after)
            guard abs(ratio) <= Self.maximumRatio else { return }
            for index in elements.indices { elements[index] *= ratio }
        }
        return result
    }
}
