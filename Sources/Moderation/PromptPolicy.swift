public import Privacy

/// What may be asked for.
public struct PromptPolicy: Sendable {
    /// Every rule, for counters that have to know them beforehand.
    public let rules: [PolicyRule]

    /// A policy of rules.
    public init(rules: [PolicyRule] = []) { self.rules = rules }

    /// The rule that a prompt breaks, if it breaks one.
    public func ruleBroken(by prompt: borrowing Prompt) -> PolicyRule? { nil }
}
