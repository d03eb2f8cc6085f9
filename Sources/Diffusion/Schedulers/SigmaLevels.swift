import Foundation

/// The noise levels of all steps, and what the denoiser is told at them and between.
struct SigmaLevels: Sendable {
    /// The level at the beginning of each step, and the one after the last.
    let sigmas: [Float]

    /// The standard deviation of pure noise.
    let initialNoiseSigma: Float

    /// How many steps there are.
    var stepCount: Int { timesteps.count }

    private let timesteps: [Float]
    private let training: TrainingSigmas
    private let isContinuous: Bool

    init(
        _ configuration: SchedulerConfiguration, for scheduler: SchedulerClass, _ options: SamplingOptions, steps: Int
    ) {
        let noise = NoiseSchedule(configuration, for: scheduler)
        training = TrainingSigmas(noise.sigmas(hasZeroTerminalSNR: configuration.rescalesToZeroTerminalSNR))
        let total = configuration.trainingTimesteps
        let leavesOutLast = options.rules == .webUI && scheduler.leavesOutLastSigmaInWebUI && steps < total
        let count = leavesOutLast ? steps + 1 : steps
        let spacing = configuration.timestepSpacing ?? scheduler.defaultTimestepSpacing

        var timesteps: [Double]
        var sigmas: [Double]
        if let schedule = options.schedule {
            sigmas = schedule.sigmas(count, training)
            timesteps = sigmas.map(training.timestep)
        } else {
            // Evenly spaced timesteps are rounded to single precision before levels are read off.
            timesteps = spacing.timesteps(
                count, last: total, training: total, offset: configuration.stepsOffset, includesEnd: true
            ).map { Double(Float($0)) }
            sigmas = timesteps.map(training.sigma)
            if scheduler != .eulerAncestralDiscrete {
                Self.respace(&sigmas, &timesteps, configuration, scheduler, training)
            }
        }
        if leavesOutLast {
            sigmas.removeLast()
            timesteps.removeLast()
        }
        let endsAboveZero =
            scheduler == .eulerDiscrete && configuration.finalSigma == .smallest && options.schedule == nil
        let levels = sigmas.map(Float.init) + [endsAboveZero ? training.sigmas[0] : 0]
        let largest = levels.max() ?? 0
        let isLeading = spacing == .leading && options.schedule == nil
        initialNoiseSigma = isLeading ? (largest * largest + 1).squareRoot() : largest
        self.sigmas = levels
        self.timesteps = timesteps.map(Float.init)
        isContinuous =
            scheduler != .eulerAncestralDiscrete && configuration.timestepType == .continuous
            && configuration.predictionType == .velocity
    }

    /// Spaces the levels as a configuration asks for, between those that follow from the timesteps.
    private static func respace(
        _ sigmas: inout [Double], _ timesteps: inout [Double], _ configuration: SchedulerConfiguration,
        _ scheduler: SchedulerClass, _ training: TrainingSigmas
    ) {
        guard let first = sigmas.first, let last = sigmas.last else { return }
        let count = sigmas.count
        if scheduler == .eulerDiscrete, configuration.sigmaInterpolation == .logLinear {
            let (low, high) = (log(training.sigmas[0]), log(training.sigmas[training.sigmas.count - 1]))
            sigmas = NoiseSchedule.linspace(from: high, to: low, count: count + 1).map { Double(exp($0)) }
        }
        let highest = configuration.sigmaMaximum ?? sigmas.first ?? first
        let lowest = configuration.sigmaMinimum ?? sigmas.last ?? last
        guard configuration.sigmaSpacing != .lu,
            let spaced = configuration.sigmaSpacing.sigmas(from: highest, to: lowest, count: count)
        else { return }
        sigmas = spaced
        timesteps = spaced.map(training.timestep)
        let rounds = scheduler == .kdpm2Discrete || scheduler == .kdpm2AncestralDiscrete
        if rounds, configuration.sigmaSpacing == .karras {
            timesteps = timesteps.map { $0.rounded(.toNearestOrEven) }
        }
    }

    /// What the denoiser is told at a level, that of a step or between it and the next.
    func timestep(of sigma: Float, near step: Int) -> Float {
        if isContinuous { return 0.25 * log(sigma) }
        for index in step..<min(step + 2, timesteps.count) where sigmas[index] == sigma { return timesteps[index] }
        return Float(training.timestep(of: Double(sigma)))
    }
}
