public import Privacy

/// What may be asked for.
///
/// Prompts are held against words, not against their meaning: a policy refuses what says plainly what it wants, in
/// disguise too, and cannot know what else a picture will show. The rule that the program has of its own is part of
/// every policy. Negative prompts are not held against any: to ask that something is not shown is no offence.
public struct PromptPolicy: Sendable {
    /// Every rule, for counters that have to know them beforehand.
    public var rules: [PolicyRule] { compiled.rules.map(\.rule) }

    private let compiled: CompiledPolicy

    /// The policy of the rule that cannot be switched off, and of no other.
    public init() { compiled = Self.unconditional }

    /// A policy of the text's rules, behind the one that cannot be switched off.
    ///
    /// - Throws: Everything that is wrong with the text, with its lines.
    public init(text: String) throws(PolicyProblems) {
        compiled = try PolicyParser.parse(text, after: Self.unconditional)
    }

    /// The rule that a prompt breaks, if it breaks one; the first of several.
    ///
    /// The text is looked at character by character, in memory that is overwritten. A prompt of 1,000 characters takes
    /// less than a millisecond.
    public func ruleBroken(by prompt: borrowing Prompt) -> PolicyRule? { compiled.ruleBroken(by: prompt) }

    /// The policy for visitors of 13 and over, which is in force unless an operator chooses another.
    public static let standard = checked(standardText, after: unconditional)

    private static let unconditional = checked(unconditionalText, after: CompiledPolicy()).compiled

    private init(_ compiled: CompiledPolicy) { self.compiled = compiled }

    /// A policy that is part of the program, and sound: tests read it.
    private static func checked(_ text: String, after policy: CompiledPolicy) -> PromptPolicy {
        do {
            return PromptPolicy(try PolicyParser.parse(text, after: policy))
        } catch {
            preconditionFailure("the program's own policy is unsound: \(error)")
        }
    }
}
