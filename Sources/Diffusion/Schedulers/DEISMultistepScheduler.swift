import Foundation
import NeuralNetwork

/// Diffusion exponential integrator sampler: the polynomial through the last predictions of the noise, in the logarithm
/// of rho, integrated to the next noise level.
///
/// Zhang and Chen, "Fast Sampling of Diffusion Models with Exponential Integrator", 2022. Reference: diffusers 0.42.1,
/// `schedulers/scheduling_deis_multistep.py`; a last step to the level zero, which diffusers does not make, is of first
/// order.
struct DEISMultistepScheduler: Scheduler {
    private let schedule: SolverSchedule
    private let begin: Int
    private let predictionType: PredictionType
    private let limit: SampleLimit
    private let order: Int
    private let lowersOrderAtEnd: Bool

    /// The last predictions of the noise, newest first.
    private var predictions: [Tensor] = []

    init(
        _ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int
    ) throws(SchedulerError) {
        schedule = SolverSchedule(configuration, for: .deisMultistep, options, steps: steps)
        guard begin < schedule.timesteps.count else {
            throw .stepsOutOfRange(steps: steps, allowed: 1...max(1, schedule.timesteps.count))
        }
        self.begin = begin
        predictionType = configuration.predictionType
        limit = configuration.thresholdingLimit
        order = configuration.solverOrder
        lowersOrderAtEnd = configuration.lowersOrderAtEnd && schedule.timesteps.count < 15
    }

    var timesteps: [Float] { Array(schedule.timesteps.dropFirst(begin)) }

    var initialNoiseSigma: Float { schedule.initialNoiseSigma }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let index = begin + stepIndex
        let (t, s) = (schedule.level(index + 1), schedule.level(index))
        let x0 = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        predictions.insert((sample - s.alpha * x0) / s.sigma, at: 0)
        if predictions.count > order { predictions.removeLast() }
        guard t.sigma > 0 else { return x0 }
        let remaining = schedule.timesteps.count - index
        let order = lowersOrderAtEnd ? min(predictions.count, remaining) : predictions.count
        guard order > 1 else {
            let h = t.lambda - s.lambda
            return (t.alpha / s.alpha) * sample - (t.sigma * (exp(h) - 1)) * predictions[0]
        }
        let past = (0..<order).map { schedule.level(index - $0).rho }
        return t.alpha
            * past.indices.reduce(sample / s.alpha) { sum, chosen in
                let integral = Self.integral(of: chosen, past, at: t.rho) - Self.integral(of: chosen, past, at: past[0])
                return sum + Float(integral) * predictions[chosen]
            }
    }

    /// The antiderivative at `t` of the polynomial in the logarithm that is 1 at one of two or three points and 0 at the
    /// others.
    private static func integral(of chosen: Int, _ points: [Double], at t: Double) -> Double {
        let b = log(points[chosen])
        let others = points.indices.filter { $0 != chosen }.map { log(points[$0]) }
        let logT = log(t)
        let c = others[0]
        guard others.count > 1 else { return t * (logT - c - 1) / (b - c) }
        let d = others[1]
        let numerator = t * (c * (d - logT + 1) - d * logT + d + logT * logT - 2 * logT + 2)
        return numerator / ((b - c) * (b - d))
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

extension NoiseLevel {
    /// Sigma over alpha.
    fileprivate var rho: Double { Double(sigma) / Double(alpha) }
}
