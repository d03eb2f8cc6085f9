/// The schedulers of diffusers that exist here, by their class names.
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

    var defaultBetaStart: Double { self == .lcm ? 0.00085 : 0.0001 }

    var defaultBetaEnd: Double { self == .lcm ? 0.012 : 0.02 }

    var defaultBetaSchedule: BetaSchedule { self == .lcm ? .scaledLinear : .linear }

    var defaultTimestepSpacing: TimestepSpacing {
        switch self {
        case .ddim, .pndm, .lcm: .leading
        default: .linspace
        }
    }

    var clipsSampleByDefault: Bool { self == .ddim }

    var setsAlphaToOneByDefault: Bool { self != .pndm }

    /// What the denoiser may predict for this scheduler.
    var predictionTypes: [PredictionType] {
        switch self {
        case .ddim, .eulerDiscrete, .lcm: [.epsilon, .sample, .velocity]
        case .pndm, .eulerAncestralDiscrete: [.epsilon, .velocity]
        case .dpmSolverMultistep, .uniPCMultistep: [.epsilon, .sample, .velocity, .flow]
        case .flowMatchEulerDiscrete: PredictionType.allCases
        }
    }
}
