/// A run of a prompt's text whose words count equally, or the end of a chunk.
enum PromptPart: Equatable {
    /// Text, and what its tokens' embeddings are multiplied with.
    case text(String, weight: Float)
    /// What follows begins a new chunk.
    case chunkBreak
}
