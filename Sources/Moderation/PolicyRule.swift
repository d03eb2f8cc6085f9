/// A rule that prompts are held against, as it may be told to people and counted.
///
/// Rules come from the program and from the operator's policy, never from a request.
public struct PolicyRule: Sendable, Hashable {
    /// A short name for counting, of small letters, digits and hyphens, such as `violence`.
    public let identifier: String

    /// What is not made here, in a sentence for whoever asked.
    public let message: String

    /// Makes a rule.
    public init(identifier: String, message: String) {
        self.identifier = identifier
        self.message = message
    }
}
