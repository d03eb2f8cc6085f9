/// How a prompt is read.
public enum PromptSyntax: String, CaseIterable, Sendable {
    /// Every character is text.
    case plain
    /// `(word)`, `(word:1.2)` and `[word]` say how much words count, `BREAK` begins a new chunk.
    case weighted
}
