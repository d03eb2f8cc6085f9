/// What is wrong with a line of a policy.
public struct PolicyProblem: Sendable, Equatable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int

    /// What is wrong and what is allowed, in a sentence.
    public let message: String

    /// The line and the message.
    public var description: String { "line \(line): \(message)" }
}

/// Everything that is wrong with a policy.
public struct PolicyProblems: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the order of their lines; never empty.
    public let problems: [PolicyProblem]

    /// A problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
