public import Privacy

/// The words that pictures were drawn from, where they are not those that were sent.
///
/// A text encoder may have no room for all of a prompt, and words of other languages are put into the model's own. Whoever
/// asked is told what it saw, and nobody else: the words are as secret as the prompt, go with the pictures that were made of
/// them, and are overwritten with the last of these.
public final class DrawnPrompts: Sendable {
    /// What was drawn of the prompt, in its own syntax; nil where that is what was sent.
    public let prompt: Prompt?

    /// What was seen of the negative prompt; nil where that is what was sent.
    public let negativePrompt: Prompt?

    /// Tells of words; nil where there are none to tell of.
    public init?(prompt: consuming Prompt?, negativePrompt: consuming Prompt?) {
        let isEmpty = prompt == nil && negativePrompt == nil
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        if isEmpty { return nil }
    }
}
