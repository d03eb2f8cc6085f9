import ArgumentParser

/// A command that puts protections in force over its process before it does anything else.
protocol ProtectedCommand: ParsableCommand {
    /// Protects the process and returns what is left to do. Called on the main thread, before there is another one.
    func prepare() throws -> @Sendable () async throws -> Void
}

extension ProtectedCommand {
    /// The command runs in two parts; see ``prepare()``.
    func run() throws { preconditionFailure("a protected command is prepared first") }
}
