import Foundation

extension SchedulerConfiguration {
    /// How many steps anyone may ask for.
    static let stepLimit = 1000

    /// The samplers that suit a model with this configuration: flow matching or the others.
    public var samplers: [Sampler] {
        let isFlowMatching = SchedulerClass(rawValue: className) == .flowMatchEulerDiscrete
        return Sampler.allCases.filter { ($0.schedulerClass == .flowMatchEulerDiscrete) == isFlowMatching }
    }

    /// Makes the scheduler of one trajectory.
    ///
    /// - Parameters:
    ///   - sampler: What to sample with; the configuration's own scheduler when nil.
    ///   - steps: How many steps lead from pure noise to a picture.
    ///   - strength: How much of that way is gone, from 0 to 1; nil for text to image, which goes all of it.
    ///   - options: What else is wished of the sampling.
    ///   - mu: The shift for the picture's size, for flow matching with dynamic shifting.
    public func makeScheduler(
        sampler: Sampler? = nil, steps: Int, strength: Float? = nil, options: SamplingOptions = SamplingOptions(),
        mu: Double? = nil
    ) throws(SchedulerError) -> any Scheduler {
        let scheduler = try schedulerClass(for: sampler)
        try validate(scheduler, steps: steps)
        if options.schedule != nil, !scheduler.takesSchedule {
            throw .scheduleMismatch(sampler: sampler?.rawValue ?? className)
        }
        let begin = try beginIndex(steps: steps, strength: strength, rules: options.rules)
        guard begin < steps else { return NoSteps() }
        let configuration = adapted(to: sampler)
        switch scheduler {
        case .ddim:
            return DDIMScheduler(configuration, options, steps: steps, begin: begin)
        case .pndm:
            return PNDMScheduler(configuration, steps: steps, begin: begin)
        case .eulerDiscrete:
            return EulerDiscreteScheduler(configuration, options, steps: steps, begin: begin)
        case .eulerAncestralDiscrete:
            return EulerAncestralDiscreteScheduler(configuration, options, steps: steps, begin: begin)
        case .heunDiscrete:
            return HeunDiscreteScheduler(configuration, options, steps: steps, begin: begin)
        case .kdpm2Discrete, .kdpm2AncestralDiscrete:
            return KDPM2DiscreteScheduler(
                configuration, options, steps: steps, begin: begin, isAncestral: scheduler == .kdpm2AncestralDiscrete)
        case .lmsDiscrete:
            return LMSDiscreteScheduler(configuration, options, steps: steps, begin: begin)
        case .dpmSolver2SAncestral:
            return DPMSolver2SAncestralScheduler(configuration, options, steps: steps, begin: begin)
        case .dpmSolverSDE:
            return DPMSolverSDEScheduler(configuration, options, steps: steps, begin: begin)
        case .dpmSolver3MSDE:
            return DPMSolver3MSDEScheduler(configuration, options, steps: steps, begin: begin)
        case .dpmSolverMultistep:
            return try DPMSolverMultistepScheduler(configuration, options, steps: steps, begin: begin)
        case .deisMultistep:
            return try DEISMultistepScheduler(configuration, options, steps: steps, begin: begin)
        case .uniPCMultistep:
            return try UniPCMultistepScheduler(configuration, options, steps: steps, begin: begin)
        case .lcm:
            return LCMScheduler(configuration, options, steps: steps, begin: begin)
        case .tcd:
            return TCDScheduler(configuration, options, steps: steps, begin: begin)
        case .flowMatchEulerDiscrete:
            return try FlowMatchEulerDiscreteScheduler(configuration, options, steps: steps, begin: begin, mu: mu)
        }
    }

    private func schedulerClass(for sampler: Sampler?) throws(SchedulerError) -> SchedulerClass {
        let own = SchedulerClass(rawValue: className)
        guard let sampler else {
            guard let own else {
                throw .unknownScheduler(name: className, allowed: SchedulerClass.ofDiffusers.map(\.rawValue))
            }
            return own
        }
        let chosen = sampler.schedulerClass
        guard (chosen == .flowMatchEulerDiscrete) == (own == .flowMatchEulerDiscrete) else {
            throw .samplerMismatch(sampler: sampler.rawValue, scheduler: className)
        }
        return chosen
    }

    private func validate(_ scheduler: SchedulerClass, steps: Int) throws(SchedulerError) {
        let allowed = 1...min(Self.stepLimit, trainingTimesteps)
        switch scheduler {
        case .lcm, .tcd:
            guard originalSteps <= trainingTimesteps else {
                throw .malformed(
                    key: "original_inference_steps",
                    problem: "is \(originalSteps); it can be from 1 to \(trainingTimesteps)")
            }
        default: break
        }
        guard allowed.contains(steps) else { throw .stepsOutOfRange(steps: steps, allowed: allowed) }
        guard scheduler.predictionTypes.contains(predictionType) else {
            throw .unsupportedOption(
                scheduler: scheduler.rawValue, key: "prediction_type", value: predictionType.rawValue,
                allowed: scheduler.predictionTypes.map(\.rawValue))
        }
    }

    private func beginIndex(steps: Int, strength: Float?, rules: SamplingRules) throws(SchedulerError) -> Int {
        guard let strength else { return 0 }
        guard 0...1 ~= strength else { throw .strengthOutOfRange(strength) }
        return steps - rules.steps(of: steps, strength: strength)
    }

    /// The configuration with what the sampler's name promises.
    private func adapted(to sampler: Sampler?) -> SchedulerConfiguration {
        var configuration = self
        switch sampler {
        case .euler, .heun, .dpm2, .dpm2Ancestral, .lms, .dpmSolver2SAncestral, .dpmSolverSDE, .dpmSolver2M,
            .dpmSolver2MSDE, .dpmSolver2MSDEHeun, .dpmSolver3MSDE:
            if sigmaSpacing == .karras { configuration.sigmaSpacing = .interpolated }
        case .eulerKarras, .dpmSolver2MKarras, .dpmSolver2MSDEKarras:
            configuration.sigmaSpacing = .karras
        default: break
        }
        switch sampler {
        case .dpmSolver2M, .dpmSolver2MKarras:
            configuration.algorithm = .ordinary
            configuration.solverOrder = 2
        case .dpmSolver2MSDE, .dpmSolver2MSDEKarras, .dpmSolver2MSDEHeun:
            configuration.algorithm = .stochastic
            configuration.solverOrder = 2
            if sampler == .dpmSolver2MSDEHeun { configuration.solverType = .heun }
        default: break
        }
        return configuration
    }
}
