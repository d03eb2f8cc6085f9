/// The schedulers that exist here, by the class names of diffusers where it has them.
///
/// An option that a `scheduler_config.json` leaves out has the default of its class.
package enum SchedulerClass: String, CaseIterable, Sendable {
    case ddim = "DDIMScheduler"
    case pndm = "PNDMScheduler"
    case eulerDiscrete = "EulerDiscreteScheduler"
    case eulerAncestralDiscrete = "EulerAncestralDiscreteScheduler"
    case dpmSolverMultistep = "DPMSolverMultistepScheduler"
    case uniPCMultistep = "UniPCMultistepScheduler"
    case lcm = "LCMScheduler"
    case flowMatchEulerDiscrete = "FlowMatchEulerDiscreteScheduler"
    case heunDiscrete = "HeunDiscreteScheduler"
    case kdpm2Discrete = "KDPM2DiscreteScheduler"
    case kdpm2AncestralDiscrete = "KDPM2AncestralDiscreteScheduler"
    case lmsDiscrete = "LMSDiscreteScheduler"
    case deisMultistep = "DEISMultistepScheduler"
    case dpmSolverSDE = "DPMSolverSDEScheduler"
    case tcd = "TCDScheduler"
    /// Of k-diffusion; diffusers has none.
    case dpmSolver2SAncestral = "DPMSolver2SAncestralScheduler"
    /// Of k-diffusion; diffusers has none.
    case dpmSolver3MSDE = "DPMSolver3MSDEScheduler"

    /// Those that a model's folder may name.
    static let ofDiffusers = allCases.filter { $0 != .dpmSolver2SAncestral && $0 != .dpmSolver3MSDE }

    var defaultBetaStart: Double { hasLatentBetas ? 0.00085 : 0.0001 }

    var defaultBetaEnd: Double { hasLatentBetas ? 0.012 : 0.02 }

    var defaultBetaSchedule: BetaSchedule { self == .lcm || self == .tcd ? .scaledLinear : .linear }

    /// Whether the betas' default is what latent diffusion models were trained with.
    private var hasLatentBetas: Bool {
        switch self {
        case .lcm, .tcd, .heunDiscrete, .kdpm2Discrete, .kdpm2AncestralDiscrete, .dpmSolverSDE,
            .dpmSolver2SAncestral, .dpmSolver3MSDE:
            true
        default: false
        }
    }

    var defaultTimestepSpacing: TimestepSpacing {
        switch self {
        case .ddim, .pndm, .lcm, .tcd: .leading
        default: .linspace
        }
    }

    var clipsSampleByDefault: Bool { self == .ddim }

    var setsAlphaToOneByDefault: Bool { self != .pndm }

    /// What the denoiser may predict for this scheduler.
    var predictionTypes: [PredictionType] {
        switch self {
        case .pndm, .eulerAncestralDiscrete: [.epsilon, .velocity]
        case .dpmSolverMultistep, .uniPCMultistep, .deisMultistep: [.epsilon, .sample, .velocity, .flow]
        case .flowMatchEulerDiscrete: PredictionType.allCases
        default: [.epsilon, .sample, .velocity]
        }
    }

    /// Whether the noise levels can be spaced in another way than the scheduler's own.
    var takesSchedule: Bool {
        switch self {
        case .ddim, .pndm, .lcm, .tcd, .flowMatchEulerDiscrete: false
        default: true
        }
    }

    /// Whether AUTOMATIC1111's web UI leaves out the lowest level above zero (`discard_next_to_last_sigma`).
    var leavesOutLastSigmaInWebUI: Bool {
        self == .kdpm2Discrete || self == .kdpm2AncestralDiscrete || self == .dpmSolver3MSDE
    }
}
