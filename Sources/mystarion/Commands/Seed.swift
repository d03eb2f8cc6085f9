import ArgumentParser

/// A seed as it is typed: a whole number from 0 to 2⁶⁴ − 1, or -1 for any.
struct Seed: ExpressibleByArgument {
    /// The seed; nil for any.
    let number: UInt64?

    init?(argument: String) {
        if argument == "-1" {
            number = nil
        } else {
            guard let seed = UInt64(argument) else { return nil }
            number = seed
        }
    }
}
