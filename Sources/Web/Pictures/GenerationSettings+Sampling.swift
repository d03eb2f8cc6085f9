internal import Studio

extension GenerationSettings {
    /// The names of the parameters that ``readSampling(_:)`` reads.
    static let samplingNames: Set = [
        "churn", "churn_maximum", "churn_minimum", "eta", "noise_scale", "schedule", "variation_seed",
        "variation_strength",
    ]

    /// Reads how noise is spaced and drawn; what is missing stays.
    mutating func readSampling<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters
    ) throws(WebError) {
        schedule = try parameters.word("schedule") ?? schedule
        eta = try parameters.number("eta") ?? eta
        churn = try parameters.number("churn") ?? churn
        churnMinimum = try parameters.number("churn_minimum") ?? churnMinimum
        churnMaximum = try parameters.number("churn_maximum") ?? churnMaximum
        noiseScale = try parameters.number("noise_scale") ?? noiseScale
        variationSeed = try parameters.seed("variation_seed") ?? variationSeed
        variationStrength = try parameters.number("variation_strength") ?? variationStrength
    }
}
