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
    ///   - strength: How much of that way is gone, from 0 to 1: less than 1 for image to image, where the first steps
    ///     are left out as `StableDiffusionImg2ImgPipeline.get_timesteps` does.
    ///   - eta: How much fresh noise DDIM adds at each step, from 0 to 1; other schedulers have no use for it.
    ///   - mu: The shift for the picture's size, for flow matching with dynamic shifting.
    public func makeScheduler(
        sampler: Sampler? = nil, steps: Int, strength: Float = 1, eta: Float = 0, mu: Double? = nil
    ) throws(SchedulerError) -> any Scheduler {
        let scheduler = try schedulerClass(for: sampler)
        try validate(scheduler, steps: steps)
        let begin = try beginIndex(steps: steps, strength: strength)
        let configuration = adapted(to: sampler)
        switch scheduler {
        case .ddim:
            return DDIMScheduler(configuration, steps: steps, begin: begin, eta: eta)
        case .pndm:
            return PNDMScheduler(configuration, steps: steps, begin: begin)
        case .eulerDiscrete:
            return EulerDiscreteScheduler(configuration, steps: steps, begin: begin)
        case .eulerAncestralDiscrete:
            return EulerAncestralDiscreteScheduler(configuration, steps: steps, begin: begin)
        case .dpmSolverMultistep:
            return try DPMSolverMultistepScheduler(configuration, steps: steps, begin: begin)
        case .uniPCMultistep:
            return try UniPCMultistepScheduler(configuration, steps: steps, begin: begin)
        case .lcm:
            return LCMScheduler(configuration, steps: steps, begin: begin)
        case .flowMatchEulerDiscrete:
            return try FlowMatchEulerDiscreteScheduler(configuration, steps: steps, begin: begin, mu: mu)
        }
    }

    private func schedulerClass(for sampler: Sampler?) throws(SchedulerError) -> SchedulerClass {
        let own = SchedulerClass(rawValue: className)
        guard let sampler else {
            guard let own else {
                throw .unknownScheduler(name: className, allowed: SchedulerClass.allCases.map(\.rawValue))
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
        var allowed = 1...min(Self.stepLimit, trainingTimesteps)
        switch scheduler {
        case .lcm:
            guard originalSteps <= trainingTimesteps else {
                throw .malformed(
                    key: "original_inference_steps",
                    problem: "is \(originalSteps); it can be from 1 to \(trainingTimesteps)")
            }
            allowed = 1...min(originalSteps, Self.stepLimit)
        // Four Runge-Kutta steps come first.
        case .pndm where !skipsRungeKuttaSteps: allowed = min(4, allowed.upperBound)...allowed.upperBound
        default: break
        }
        guard allowed.contains(steps) else { throw .stepsOutOfRange(steps: steps, allowed: allowed) }
        guard scheduler.predictionTypes.contains(predictionType) else {
            throw .unsupportedOption(
                scheduler: scheduler.rawValue, key: "prediction_type", value: predictionType.rawValue,
                allowed: scheduler.predictionTypes.map(\.rawValue))
        }
    }

    private func beginIndex(steps: Int, strength: Float) throws(SchedulerError) -> Int {
        guard 0...1 ~= strength else { throw .strengthOutOfRange(strength) }
        // Python multiplies the decimal number that the person wrote: 0.7 of 10 steps is 7, though Float's 0.7 is less.
        let remaining = Int(Double(steps) * (Double(strength.description) ?? Double(strength)))
        guard remaining >= 1 else { throw .noStepsLeft(steps: steps, strength: strength) }
        return steps - remaining
    }

    /// The configuration with what the sampler's name promises.
    private func adapted(to sampler: Sampler?) -> SchedulerConfiguration {
        var configuration = self
        switch sampler {
        case .euler, .dpmSolver2M, .dpmSolver2MSDE:
            if sigmaSpacing == .karras { configuration.sigmaSpacing = .interpolated }
        case .eulerKarras, .dpmSolver2MKarras, .dpmSolver2MSDEKarras:
            configuration.sigmaSpacing = .karras
        default: break
        }
        switch sampler {
        case .dpmSolver2M, .dpmSolver2MKarras:
            configuration.algorithm = .ordinary
            configuration.solverOrder = 2
        case .dpmSolver2MSDE, .dpmSolver2MSDEKarras:
            configuration.algorithm = .stochastic
            configuration.solverOrder = 2
        default: break
        }
        return configuration
    }
}
