/// Everything that an audit looks for, after its requests were answered.
struct Patterns {
    /// The search.
    let search: PatternSearch
    /// How many requests' insides were worked out.
    private(set) var replayed = 0
    /// How many of the pictures that came out could be compared, and how many were the same.
    private(set) var compared = 0, equal = 0
    /// Why the model could not be used.
    private(set) var replayProblem: String?

    init(of outcomes: [Outcome], served: ServedModel, model: String?, progress: (String) -> Void) {
        var patterns: [Pattern] = []
        var replay: Replay?
        let standard = ReplaySettings(width: served.width, height: served.height, steps: 2)
        if let model {
            progress("Reading the model, to work out latents")
            do {
                replay = try Replay(model: model)
            } catch {
                replayProblem = "The model in \(model) cannot be used: \(error)"
            }
        }
        for outcome in outcomes {
            let exchange = outcome.exchange
            patterns.add(exchange.canary.textPatterns, of: exchange.canary)
            patterns.add(exchange.sent, of: exchange.canary)
            let made = MadePicture(in: outcome.answer.body)
            if let made { patterns.add(made.patterns, of: exchange.canary) }
            guard let replay else { continue }
            do {
                guard let settings = exchange.replay else {
                    // Its steps may have been others; it began with this in any case.
                    let trace = try replay.beginning(of: exchange.canary, standard)
                    patterns.add(trace.patterns, of: exchange.canary)
                    continue
                }
                let trace = try replay.everything(of: exchange.canary, settings)
                patterns.add(trace.patterns, of: exchange.canary)
                replayed += 1
                if let made, exchange.replay?.isCompared == true {
                    compared += 1
                    if made.pixels == trace.pixels { equal += 1 }
                }
            } catch {
                replayProblem = "A request could not be worked out: \(error)"
            }
        }
        search = PatternSearch(patterns)
    }
}
