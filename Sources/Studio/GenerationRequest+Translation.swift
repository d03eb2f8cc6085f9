internal import Diffusion
internal import Privacy

extension GenerationRequest {
    /// Puts the prompts into the model's own words, where it has some for those of other languages. What was typed is
    /// erased.
    ///
    /// - Parameter limit: How many Unicode scalars what is put in may bring a prompt to.
    mutating func translatePrompts(for model: ModelCard, limit: Int) {
        guard let glossary = model.glossary else { return }
        if let prompt = prompt.translated(by: glossary, limit: limit) {
            self.prompt = prompt
            translated.prompt = true
        }
        if let prompt = negativePrompt.translated(by: glossary, limit: limit) {
            negativePrompt = prompt
            translated.negativePrompt = true
        }
    }

    /// The words that the pictures are drawn from; nil where they are those that were sent.
    ///
    /// - Parameter seen: What the engine sees of the prompts, where that is not all of them.
    borrowing func drawnPrompts(seen: DrawnPrompts?) -> DrawnPrompts? {
        let isNegativeTranslated = translated.negativePrompt && settings.guidanceScale > 1
        guard translated.prompt || isNegativeTranslated else { return seen }
        guard let seen else {
            return DrawnPrompts(
                prompt: translated.prompt ? prompt.copied() : nil,
                negativePrompt: isNegativeTranslated ? negativePrompt.copied() : nil)
        }
        return DrawnPrompts(
            prompt: Self.copy(of: seen.prompt, orElse: prompt, where: translated.prompt),
            negativePrompt: Self.copy(of: seen.negativePrompt, orElse: negativePrompt, where: isNegativeTranslated))
    }

    private static func copy(
        of seen: borrowing Prompt?, orElse prompt: borrowing Prompt, where isTranslated: Bool
    ) -> Prompt? {
        switch seen {
        case .some(let seen): return seen.copied()
        case .none: return isTranslated ? prompt.copied() : nil
        }
    }
}

extension Prompt {
    fileprivate borrowing func translated(by glossary: Glossary, limit: Int) -> Prompt? {
        guard let text = withText({ glossary.translated(copy $0, limit: limit) }) else { return nil }
        return Prompt(text)
    }
}
