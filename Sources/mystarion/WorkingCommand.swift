import ArgumentParser

/// A command that runs a model or a server, and needs more of the machine than one that reads and prints.
protocol WorkingCommand: ParsableCommand {}
