import ArgumentParser

/// A seed, or -1 for any.
struct SeedArgument: ExpressibleByArgument {
    /// The seed; nil for any.
    let seed: UInt64?

    init?(argument: String) {
        guard argument != "-1" else {
            seed = nil
            return
        }
        guard let seed = UInt64(argument) else { return nil }
        self.seed = seed
    }
}
