import Foundation
import NeuralNetwork

/// DPM-Solver++ with up to three past outputs, of the ordinary or the stochastic differential equation.
///
/// Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models", 2022. Reference:
/// diffusers 0.42.1, `schedulers/scheduling_dpmsolver_multistep.py`; for another eta or scale of the noise,
/// `k_diffusion/sampling.py`, `sample_dpmpp_2m_sde`.
struct DPMSolverMultistepScheduler: Scheduler {
    private let schedule: SolverSchedule
    private let begin: Int
    private let predictionType: PredictionType
    private let limit: SampleLimit
    private let order: Int
    private let isStochastic: Bool
    private let usesHeun: Bool
    private let lowersOrderAtEnd: Bool
    private let usesEulerAtEnd: Bool
    private let eta: Float
    private let noiseScale: Float

    /// The last predictions of the clean sample, newest first.
    private var predictions: [Tensor] = []

    init(
        _ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int
    ) throws(SchedulerError) {
        schedule = SolverSchedule(configuration, for: .dpmSolverMultistep, options, steps: steps)
        guard begin < schedule.timesteps.count else {
            throw .stepsOutOfRange(steps: steps, allowed: 1...max(1, schedule.timesteps.count))
        }
        self.begin = begin
        predictionType = configuration.predictionType
        limit = configuration.thresholdingLimit
        order = configuration.solverOrder
        isStochastic = configuration.algorithm == .stochastic
        usesHeun = configuration.solverType == .heun
        lowersOrderAtEnd = configuration.lowersOrderAtEnd && schedule.timesteps.count < 15
        usesEulerAtEnd = configuration.usesEulerAtEnd || schedule.sigmas.last == 0 || lowersOrderAtEnd
        eta = options.eta ?? 1
        noiseScale = options.noiseScale
    }

    var timesteps: [Float] { Array(schedule.timesteps.dropFirst(begin)) }

    var initialNoiseSigma: Float { schedule.initialNoiseSigma }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let index = begin + stepIndex
        predictions.insert(predictOriginal(from: modelOutput, at: stepIndex, sample: sample), at: 0)
        if predictions.count > order { predictions.removeLast() }
        let remaining = schedule.timesteps.count - index
        let step = Step(
            schedule, at: index, sample, predictions, eta: isStochastic ? eta : 0,
            noise: isStochastic && eta > 0 ? noiseScale * noise() : nil)
        switch predictions.count {
        case _ where remaining == 1 && usesEulerAtEnd || step.h == 0: return step.firstOrder()
        case 1: return step.firstOrder()
        case 2: return step.secondOrder(usesHeun: usesHeun)
        case _ where remaining == 2 && lowersOrderAtEnd: return step.secondOrder(usesHeun: usesHeun)
        default: return step.thirdOrder()
        }
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        let index = begin + stepIndex
        let level = schedule.level(index)
        return switch predictionType {
        case .epsilon: limit((sample - level.sigma * modelOutput) / level.alpha)
        case .sample: limit(modelOutput)
        case .velocity: limit(level.alpha * sample - level.sigma * modelOutput)
        case .flow: limit(sample - schedule.sigmas[index] * modelOutput)
        }
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        let level = schedule.level(begin + stepIndex)
        return level.alpha * original + level.sigma * noise
    }
}

/// One step from the noise level s0 to the level t, in the paper's symbols; s1 and s2 are the levels before s0.
private struct Step {
    private let alpha: Float
    /// sigma at t over sigma at s0.
    private let ratio: Float
    private let sigma: Float
    /// The step's length in lambda.
    let h: Float
    /// The lengths of the steps before this one, in lambda and in units of `h`.
    private let r0: Float
    private let r1: Float
    private let sample: Tensor
    private let m: [Tensor]
    /// How much of the noise that the step takes away is drawn afresh.
    private let eta: Float
    private let noise: Tensor?

    init(
        _ schedule: SolverSchedule, at index: Int, _ sample: Tensor, _ predictions: [Tensor], eta: Float, noise: Tensor?
    ) {
        let (t, s0) = (schedule.level(index + 1), schedule.level(index))
        alpha = t.alpha
        sigma = t.sigma
        ratio = t.sigma / s0.sigma
        h = t.lambda - s0.lambda
        let s1 = predictions.count > 1 ? schedule.level(index - 1) : s0
        let s2 = predictions.count > 2 ? schedule.level(index - 2) : s1
        r0 = (s0.lambda - s1.lambda) / h
        r1 = (s1.lambda - s2.lambda) / h
        self.sample = sample
        m = predictions
        self.eta = eta
        self.noise = noise
    }

    func firstOrder() -> Tensor {
        guard let noise else { return ratio * sample - (alpha * (exp(-h) - 1)) * m[0] }
        return stochasticBase(noise)
    }

    func secondOrder(usesHeun: Bool) -> Tensor {
        let d1 = (1 / r0) * (m[0] - m[1])
        guard let noise else {
            let base = ratio * sample - (alpha * (exp(-h) - 1)) * m[0]
            return usesHeun
                ? base + (alpha * ((exp(-h) - 1) / h + 1)) * d1
                : base - (0.5 * (alpha * (exp(-h) - 1))) * d1
        }
        return usesHeun
            ? stochasticBase(noise) + (alpha * ((1 - exp(-hEta)) / (-hEta) + 1)) * d1
            : stochasticBase(noise) + (0.5 * (alpha * (1 - exp(-hEta)))) * d1
    }

    func thirdOrder() -> Tensor {
        let d10 = (1 / r0) * (m[0] - m[1])
        let d11 = (1 / r1) * (m[1] - m[2])
        let d1 = d10 + (r0 / (r0 + r1)) * (d10 - d11)
        let d2 = (1 / (r0 + r1)) * (d10 - d11)
        guard let noise else {
            let base = ratio * sample - (alpha * (exp(-h) - 1)) * m[0]
            let second = (alpha * ((exp(-h) - 1) / h + 1)) * d1
            return base + second - (alpha * ((exp(-h) - 1 + h) / (h * h) - 0.5)) * d2
        }
        let second = (alpha * ((1 - exp(-hEta)) / (-hEta) + 1)) * d1
        let third = (alpha * ((1 - exp(-hEta) - hEta) / (hEta * hEta) - 0.5)) * d2
        return stochasticBase(noise) + second + third
    }

    /// What all orders of the stochastic equation share.
    private func stochasticBase(_ noise: Tensor) -> Tensor {
        (ratio * exp(-eta * h)) * sample + (alpha * (1 - exp(-hEta))) * m[0]
            + (sigma * (1 - exp(-2 * eta * h)).squareRoot()) * noise
    }

    /// The step's length of the stochastic equation.
    private var hEta: Float { (1 + eta) * h }
}
