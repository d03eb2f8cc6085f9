/// How much noise each training timestep adds.
enum BetaSchedule: String, CaseIterable, Sendable {
    /// Ho et al., "Denoising Diffusion Probabilistic Models", 2020.
    case linear
    /// Linear in the square root; Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", 2022.
    case scaledLinear = "scaled_linear"
    /// Nichol and Dhariwal, "Improved Denoising Diffusion Probabilistic Models", 2021.
    case squaredCosine = "squaredcos_cap_v2"
}

/// What the denoiser's output is.
enum PredictionType: String, CaseIterable, Sendable {
    /// The noise in the sample.
    case epsilon
    /// The clean sample.
    case sample
    /// The velocity alpha * epsilon - sigma * x0; Salimans and Ho, "Progressive Distillation", 2022.
    case velocity = "v_prediction"
    /// The velocity epsilon - x0 of flow matching.
    case flow = "flow_prediction"
}

/// The curve from which Euler's method reads its sigmas.
enum SigmaInterpolation: String, CaseIterable, Sendable {
    case linear
    case logLinear = "log_linear"
}

/// The noise level after the last step.
enum FinalSigma: String, CaseIterable, Sendable {
    case zero
    case smallest = "sigma_min"
}

/// How a multistep solver combines its last outputs; the first two are DPM-Solver's, the next two UniPC's.
enum SolverType: String, CaseIterable, Sendable {
    case midpoint, heun, bh1, bh2
    /// DEIS's, which both others read as their default.
    case logrho
}

/// Whether DPM-Solver++ solves the ordinary or the stochastic differential equation.
enum SolverAlgorithm: String, CaseIterable, Sendable {
    case ordinary = "dpmsolver++"
    case stochastic = "sde-dpmsolver++"
    /// DEIS's, which DPM-Solver reads as its own ordinary one.
    case deis
}

/// Whether the denoiser's timestep is an index or a function of sigma.
enum TimestepType: String, CaseIterable, Sendable {
    case discrete, continuous
}

/// How flow matching's sigmas move with `mu`.
enum TimeShift: String, CaseIterable, Sendable {
    case exponential, linear
}
