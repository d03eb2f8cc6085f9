/// A way of sampling that a person can choose by name, instead of the one that the model came with.
///
/// A sampler replaces the class of the model's scheduler and keeps its noise schedule, prediction type and timestep
/// spacing, as `X.from_config(pipeline.scheduler.config)` does in diffusers.
public enum Sampler: String, CaseIterable, Sendable, Codable {
    case ddim
    case pndm
    case euler
    case eulerKarras = "euler-karras"
    case eulerAncestral = "euler-ancestral"
    case dpmSolver2M = "dpm++-2m"
    case dpmSolver2MKarras = "dpm++-2m-karras"
    case dpmSolver2MSDE = "dpm++-2m-sde"
    case dpmSolver2MSDEKarras = "dpm++-2m-sde-karras"
    case uniPC = "unipc"
    case lcm
    case flowEuler = "flow-euler"

    /// The name that people know from other programs.
    public var displayName: String {
        switch self {
        case .ddim: "DDIM"
        case .pndm: "PNDM"
        case .euler: "Euler"
        case .eulerKarras: "Euler Karras"
        case .eulerAncestral: "Euler a"
        case .dpmSolver2M: "DPM++ 2M"
        case .dpmSolver2MKarras: "DPM++ 2M Karras"
        case .dpmSolver2MSDE: "DPM++ 2M SDE"
        case .dpmSolver2MSDEKarras: "DPM++ 2M SDE Karras"
        case .uniPC: "UniPC"
        case .lcm: "LCM"
        case .flowEuler: "Flow Euler"
        }
    }

    /// The scheduler that does the sampling.
    var schedulerClass: SchedulerClass {
        switch self {
        case .ddim: .ddim
        case .pndm: .pndm
        case .euler, .eulerKarras: .eulerDiscrete
        case .eulerAncestral: .eulerAncestralDiscrete
        case .dpmSolver2M, .dpmSolver2MKarras, .dpmSolver2MSDE, .dpmSolver2MSDEKarras: .dpmSolverMultistep
        case .uniPC: .uniPCMultistep
        case .lcm: .lcm
        case .flowEuler: .flowMatchEulerDiscrete
        }
    }
}
