/// A way of sampling that a person can choose by name, instead of the one that the model came with.
///
/// A sampler replaces the class of the model's scheduler and keeps its noise schedule, prediction type and timestep
/// spacing, as `X.from_config(pipeline.scheduler.config)` does in diffusers. A ``SigmaSchedule`` may space its noise
/// levels in another way.
public enum Sampler: String, CaseIterable, Sendable, Codable {
    case euler
    case eulerKarras = "euler-karras"
    case eulerAncestral = "euler-ancestral"
    case heun
    case lms
    case dpm2
    case dpm2Ancestral = "dpm2-ancestral"
    case dpmSolver2M = "dpm++-2m"
    case dpmSolver2MKarras = "dpm++-2m-karras"
    case dpmSolver2MSDE = "dpm++-2m-sde"
    case dpmSolver2MSDEKarras = "dpm++-2m-sde-karras"
    case dpmSolver2MSDEHeun = "dpm++-2m-sde-heun"
    case dpmSolver3MSDE = "dpm++-3m-sde"
    case dpmSolverSDE = "dpm++-sde"
    case dpmSolver2SAncestral = "dpm++-2s-ancestral"
    case ddim
    case pndm
    case uniPC = "unipc"
    case deis
    case lcm
    case tcd
    case flowEuler = "flow-euler"

    /// The name that people know from other programs.
    public var displayName: String {
        switch self {
        case .euler: "Euler"
        case .eulerKarras: "Euler Karras"
        case .eulerAncestral: "Euler a"
        case .heun: "Heun"
        case .lms: "LMS"
        case .dpm2: "DPM2"
        case .dpm2Ancestral: "DPM2 a"
        case .dpmSolver2M: "DPM++ 2M"
        case .dpmSolver2MKarras: "DPM++ 2M Karras"
        case .dpmSolver2MSDE: "DPM++ 2M SDE"
        case .dpmSolver2MSDEKarras: "DPM++ 2M SDE Karras"
        case .dpmSolver2MSDEHeun: "DPM++ 2M SDE Heun"
        case .dpmSolver3MSDE: "DPM++ 3M SDE"
        case .dpmSolverSDE: "DPM++ SDE"
        case .dpmSolver2SAncestral: "DPM++ 2S a"
        case .ddim: "DDIM"
        case .pndm: "PNDM"
        case .uniPC: "UniPC"
        case .deis: "DEIS"
        case .lcm: "LCM"
        case .tcd: "TCD"
        case .flowEuler: "Flow Euler"
        }
    }

    /// The names under which a list may group the samplers; proper names, the same in every language.
    public var family: String {
        switch self {
        case .euler, .eulerKarras, .eulerAncestral, .heun, .flowEuler: "Euler"
        case .lms, .dpm2, .dpm2Ancestral: "k-diffusion"
        case .dpmSolver2M, .dpmSolver2MKarras, .dpmSolver2MSDE, .dpmSolver2MSDEKarras, .dpmSolver2MSDEHeun,
            .dpmSolver3MSDE, .dpmSolverSDE, .dpmSolver2SAncestral:
            "DPM-Solver++"
        case .ddim, .pndm, .uniPC, .deis: "DDIM, PNDM, UniPC, DEIS"
        case .lcm, .tcd: "LCM, TCD"
        }
    }

    /// Whether a ``SigmaSchedule`` can space its noise levels.
    public var takesSchedule: Bool { schedulerClass.takesSchedule }

    /// The scheduler that does the sampling.
    var schedulerClass: SchedulerClass {
        switch self {
        case .euler, .eulerKarras: .eulerDiscrete
        case .eulerAncestral: .eulerAncestralDiscrete
        case .heun: .heunDiscrete
        case .lms: .lmsDiscrete
        case .dpm2: .kdpm2Discrete
        case .dpm2Ancestral: .kdpm2AncestralDiscrete
        case .dpmSolver2M, .dpmSolver2MKarras, .dpmSolver2MSDE, .dpmSolver2MSDEKarras, .dpmSolver2MSDEHeun:
            .dpmSolverMultistep
        case .dpmSolver3MSDE: .dpmSolver3MSDE
        case .dpmSolverSDE: .dpmSolverSDE
        case .dpmSolver2SAncestral: .dpmSolver2SAncestral
        case .ddim: .ddim
        case .pndm: .pndm
        case .uniPC: .uniPCMultistep
        case .deis: .deisMultistep
        case .lcm: .lcm
        case .tcd: .tcd
        case .flowEuler: .flowMatchEulerDiscrete
        }
    }
}
