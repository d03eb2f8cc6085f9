import Foundation

/// The timesteps and noise levels of a multistep solver.
struct SolverSchedule: Sendable {
    /// What the denoiser is told.
    let timesteps: [Float]

    /// The level at each timestep, and the one after the last.
    let sigmas: [Float]

    /// Whether samples are mixtures of picture and noise, with weights that add up to one.
    let isFlow: Bool

    /// The standard deviation of pure noise.
    let initialNoiseSigma: Float

    /// Makes the schedule of `DPMSolverMultistepScheduler`, `UniPCMultistepScheduler` or `DEISMultistepScheduler`, which
    /// differ in details.
    init(
        _ configuration: SchedulerConfiguration, for scheduler: SchedulerClass, _ options: SamplingOptions, steps: Int
    ) {
        let isUniPC = scheduler == .uniPCMultistep
        let isDEIS = scheduler == .deisMultistep
        let noise = NoiseSchedule(configuration, for: scheduler)
        let training = TrainingSigmas(
            noise.sigmas(hasZeroTerminalSNR: configuration.rescalesToZeroTerminalSNR))
        if let schedule = options.schedule {
            sigmas = schedule.sigmas(steps, training).map(Float.init) + [0]
            timesteps = sigmas.dropLast().map { Float(training.timestep(of: Double($0))) }
            isFlow = false
            // Noise of the highest level alone, as k-diffusion begins; diffusers begins with a little more.
            initialNoiseSigma = NoiseLevel(sigma: sigmas[0], isFlow: false).sigma
            return
        }
        let smallest = training.sigmas[0]
        let total = configuration.trainingTimesteps
        var spacing = configuration.sigmaSpacing
        if isUniPC || isDEIS, spacing == .lu { spacing = .interpolated }

        var timesteps: [Double]
        var sigmas: [Double]
        var last = configuration.finalSigma == .zero && !isDEIS ? 0 : Double(smallest)
        let limits = spacing == .lu ? (nil, nil) : (configuration.sigmaMaximum, configuration.sigmaMinimum)
        let highest = limits.0 ?? Double(training.sigmas[total - 1])
        let lowest = limits.1 ?? Double(smallest)
        if let spaced = spacing.sigmas(from: highest, to: lowest, count: steps) {
            sigmas = spaced
            timesteps = spaced.map(training.timestep)
            let rounds =
                switch spacing {
                case .karras, .lu: isUniPC || isDEIS || configuration.betaSchedule != .squaredCosine
                default: false
                }
            if rounds { timesteps = timesteps.map { $0.rounded(.toNearestOrEven) } }
            if isDEIS || isUniPC && configuration.finalSigma == .smallest { last = sigmas[steps - 1] }
        } else if spacing == .flow {
            sigmas = Self.flowSigmas(steps, total: total, shift: configuration.flowShift, isUniPC: isUniPC)
            timesteps = sigmas.map { $0 * Double(total) }
            if isDEIS || isUniPC && configuration.finalSigma == .smallest { last = sigmas[steps - 1] }
        } else {
            let spacing = configuration.timestepSpacing ?? scheduler.defaultTimestepSpacing
            let used = isUniPC || isDEIS ? total : Self.usedTimesteps(noise.alphaBar, configuration)
            timesteps = spacing.timesteps(
                steps, last: used, training: total, offset: configuration.stepsOffset, includesEnd: false)
            if spacing == .linspace { timesteps = timesteps.map { $0.rounded(.toNearestOrEven) } }
            sigmas = timesteps.map(training.sigma)
        }
        self.timesteps = timesteps.map { Float($0.rounded(.towardZero)) }
        self.sigmas = (sigmas + [last]).map(Float.init)
        isFlow = spacing == .flow
        initialNoiseSigma = 1
    }

    private static func flowSigmas(_ steps: Int, total: Int, shift: Double, isUniPC: Bool) -> [Double] {
        var sigmas = evenlySpaced(from: 1, to: 1 / Double(total), count: steps + 1)
        sigmas = isUniPC ? Array(sigmas.prefix(steps)) : sigmas.map { 1 - $0 }.reversed().prefix(steps).map { $0 }
        sigmas = sigmas.map { shift * $0 / (1 + (shift - 1) * $0) }
        // Pure noise has no logarithm of its signal.
        if isUniPC, abs(sigmas[0] - 1) < 1e-6 { sigmas[0] -= 1e-6 }
        return sigmas
    }

    /// How many timesteps have a half log-SNR, lambda, of at least `lambda_min_clipped`.
    private static func usedTimesteps(_ alphaBar: [Float], _ configuration: SchedulerConfiguration) -> Int {
        var alphaBar = alphaBar
        if configuration.rescalesToZeroTerminalSNR { alphaBar[alphaBar.count - 1] = 0x1p-24 }
        let minimum = Float(configuration.lambdaMinimum)
        let clipped = alphaBar.reversed().prefix { log($0.squareRoot()) - log((1 - $0).squareRoot()) < minimum }
        return max(1, alphaBar.count - clipped.count)
    }

    /// The level at a position.
    func level(_ index: Int) -> NoiseLevel { NoiseLevel(sigma: sigmas[index], isFlow: isFlow) }
}

/// A noise level in the terms of the solvers' papers: the sample is `alpha * x0 + sigma * epsilon`.
struct NoiseLevel: Sendable {
    let alpha: Float
    let sigma: Float
    /// `log(alpha / sigma)`, half the logarithm of the signal-to-noise ratio.
    let lambda: Float

    init(sigma: Float, isFlow: Bool) {
        alpha = isFlow ? 1 - sigma : 1 / (sigma * sigma + 1).squareRoot()
        self.sigma = isFlow ? sigma : sigma * alpha
        lambda = log(alpha) - log(self.sigma)
    }
}
