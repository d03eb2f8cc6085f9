/// How noise falls from step to step, under A1111's name.
///
/// The names of A1111's `modules/sd_schedulers.py`, as far as there are such.
enum A1111Scheduler: String, CaseIterable, Sendable {
    /// The one that suits the sampler.
    case automatic
    case uniform
    case karras
    case exponential
    case polyexponential
    case sgmUniform = "sgm_uniform"
    case simple
    case normal
    case beta

    /// Finds one by its name, label or alias, however its letters are written.
    init?(named name: String) {
        let name = name.lowercased().replacing(" ", with: "_")
        self.init(rawValue: name == "sgmuniform" ? "sgm_uniform" : name)
    }

    /// The name to show.
    var label: String {
        switch self {
        case .sgmUniform: "SGM Uniform"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// The studio's name; nil for the sampler's own.
    var schedule: String? {
        switch self {
        case .automatic: nil
        case .uniform, .normal: "normal"
        case .karras: "karras"
        // With the web UI's exponent, which is 1, they are the same.
        case .exponential, .polyexponential: "exponential"
        case .sgmUniform: "sgm-uniform"
        case .simple: "simple"
        case .beta: "beta"
        }
    }

    /// The words that samplers' names ended with before A1111's version 1.9, when schedulers had no name of their own.
    var suffixes: [String] {
        switch self {
        case .karras: [" karras", "_ka"]
        case .sgmUniform: [" sgm uniform", " sgmuniform"]
        default: [" \(rawValue)"]
        }
    }
}
