/// Bytes to be searched for, and what it means to find them.
struct Pattern: Sendable {
    let bytes: [UInt8]
    let form: CanaryForm
    /// The request that they come from.
    let canary: String
}

extension [Pattern] {
    /// Takes in everything that is searched for of one canary; what is too short to mean anything is left out.
    mutating func add(_ patterns: [(CanaryForm, [UInt8])], of canary: Canary) {
        for (form, bytes) in patterns where bytes.count >= PatternSearch.shortest {
            append(Pattern(bytes: bytes, form: form, canary: canary.label))
        }
    }
}
