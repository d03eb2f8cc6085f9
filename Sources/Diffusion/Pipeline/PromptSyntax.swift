/// How a prompt is read.
public enum PromptSyntax: String, CaseIterable, Sendable {
    /// Every character is text.
    case plain
    /// `(word)`, `(word:1.2)` and `[word]` say how much words count, `BREAK` begins a new chunk; `AND` and adapters are
    /// refused.
    case weighted
}

extension PromptSyntax {
    /// Reads a prompt without encoding it.
    ///
    /// - Throws: What is wrong with it, as far as that can be told without a model's tokenizer.
    public func check(_ text: String) throws(PromptProblem) { _ = try PromptParser.parts(of: text, syntax: self) }
}
