extension SchedulerConfiguration {
    /// The sampler that a person would name who means this configuration's own scheduler; nil for a class that does not
    /// exist here. Settings beside the class and the spacing may differ.
    var nearestSampler: Sampler? {
        let isKarras = sigmaSpacing == .karras
        return switch SchedulerClass(rawValue: className) {
        case .ddim: .ddim
        case .pndm: .pndm
        case .eulerDiscrete: isKarras ? .eulerKarras : .euler
        case .eulerAncestralDiscrete: .eulerAncestral
        case .dpmSolverMultistep where algorithm == .stochastic: isKarras ? .dpmSolver2MSDEKarras : .dpmSolver2MSDE
        case .dpmSolverMultistep: isKarras ? .dpmSolver2MKarras : .dpmSolver2M
        case .uniPCMultistep: .uniPC
        case .lcm: .lcm
        case .flowMatchEulerDiscrete: .flowEuler
        default: nil
        }
    }
}
