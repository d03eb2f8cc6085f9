package import NeuralNetwork

/// What the denoiser is told of a prompt, and of what the picture should not show.
public struct Conditioning: Sendable {
    /// The embeddings of one text.
    package struct Embedding: Sendable {
        /// `[1, tokens, width]`.
        package let context: Tensor
        /// `[1, width]`; Stable Diffusion XL only.
        package let pooled: Tensor?

        /// The same shapes, all zeros.
        var zeroed: Embedding { Embedding(context: context.map { _ in 0 }, pooled: pooled?.map { _ in 0 }) }
    }

    /// The prompt's embeddings.
    package let positive: Embedding
    /// The embeddings that guidance leads away from; nil without guidance.
    package let negative: Embedding?
}
