import Foundation
import NeuralNetwork

/// A unified predictor and corrector: each new output first corrects the step that led to it.
///
/// Zhao et al., "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion Models", 2023.
/// Reference: diffusers 0.42.1, `schedulers/scheduling_unipc_multistep.py`.
struct UniPCMultistepScheduler: Scheduler {
    private let schedule: SolverSchedule
    private let begin: Int
    private let predictionType: PredictionType
    private let limit: SampleLimit
    private let order: Int
    private let predictsOriginal: Bool
    private let usesBh1: Bool
    private let lowersOrderAtEnd: Bool
    private let stepsWithoutCorrector: [Int]

    /// The last converted outputs, newest first: clean samples, or noise.
    private var outputs: [Tensor] = []
    /// The corrected sample that the last step began from.
    private var lastSample: Tensor?
    /// The order of the last step.
    private var lastOrder = 1

    init(
        _ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int
    ) throws(SchedulerError) {
        schedule = SolverSchedule(configuration, for: .uniPCMultistep, options, steps: steps)
        guard begin < schedule.timesteps.count else {
            throw .stepsOutOfRange(steps: steps, allowed: 1...max(1, schedule.timesteps.count))
        }
        guard !configuration.usesDynamicShifting else {
            throw .unsupportedOption(
                scheduler: SchedulerClass.uniPCMultistep.rawValue, key: "use_dynamic_shifting", value: "true",
                allowed: ["false"])
        }
        guard configuration.predictsOriginal || configuration.predictionType != .flow else {
            throw .unsupportedOption(
                scheduler: SchedulerClass.uniPCMultistep.rawValue, key: "predict_x0", value: "false",
                allowed: ["true"])
        }
        guard configuration.predictsOriginal || schedule.sigmas.last != 0 else {
            throw .unsupportedOption(
                scheduler: SchedulerClass.uniPCMultistep.rawValue, key: "final_sigmas_type", value: "zero",
                allowed: [FinalSigma.smallest.rawValue])
        }
        self.begin = begin
        predictionType = configuration.predictionType
        limit = configuration.thresholdingLimit
        order = configuration.solverOrder
        predictsOriginal = configuration.predictsOriginal
        usesBh1 = configuration.solverType == .bh1
        // A step to the level zero is of first order.
        lowersOrderAtEnd = configuration.lowersOrderAtEnd || options.schedule != nil
        stepsWithoutCorrector = configuration.stepsWithoutCorrector
    }

    var timesteps: [Float] { Array(schedule.timesteps.dropFirst(begin)) }

    var initialNoiseSigma: Float { schedule.initialNoiseSigma }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let index = begin + stepIndex
        let output = convert(modelOutput, at: stepIndex, sample)
        var sample = sample
        if let lastSample, !stepsWithoutCorrector.contains(index - 1) {
            sample = correct(lastSample, with: output, at: index)
        }
        outputs.insert(output, at: 0)
        if outputs.count > order { outputs.removeLast() }
        lastOrder = min(lowersOrderAtEnd ? schedule.timesteps.count - index : order, outputs.count)
        lastSample = sample
        return predict(sample, at: index)
    }

    private func convert(_ modelOutput: Tensor, at stepIndex: Int, _ sample: Tensor) -> Tensor {
        guard predictsOriginal else {
            let level = schedule.level(begin + stepIndex)
            return switch predictionType {
            case .epsilon, .flow: modelOutput
            case .sample: (sample - level.alpha * modelOutput) / level.sigma
            case .velocity: level.alpha * modelOutput + level.sigma * sample
            }
        }
        return predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
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

    /// The predictor, UniP: from the level at `index` to the next.
    private func predict(_ sample: Tensor, at index: Int) -> Tensor {
        let step = Step(schedule, from: index, predictsOriginal: predictsOriginal, usesBh1: usesBh1)
        let (ratios, differences) = pastDifferences(step, from: index)
        guard !differences.isEmpty else { return step.base(sample, outputs[0]) }
        var rhos: [Float] = [0.5]
        if lastOrder > 2 {
            let (matrix, vector) = step.equations(ratios + [1])
            rhos = solve(matrix.dropLast().map { Array($0.dropLast()) }, Array(vector.dropLast()))
        }
        return step.base(sample, outputs[0]) - step.scale * weightedSum(rhos, differences)
    }

    /// The corrector, UniC: the sample at `index` once more, now that the output there is known.
    private func correct(_ lastSample: Tensor, with output: Tensor, at index: Int) -> Tensor {
        let step = Step(schedule, from: index - 1, predictsOriginal: predictsOriginal, usesBh1: usesBh1)
        let (ratios, differences) = pastDifferences(step, from: index - 1)
        var rhos: [Float] = [0.5]
        if lastOrder > 1 {
            let (matrix, vector) = step.equations(ratios + [1])
            rhos = solve(matrix, vector)
        }
        let residual = weightedSum(rhos, differences + [output - outputs[0]])
        return step.base(lastSample, outputs[0]) - step.scale * residual
    }

    /// The past steps' lengths in units of the step's, and the divided differences of their outputs.
    private func pastDifferences(_ step: Step, from index: Int) -> (ratios: [Float], differences: [Tensor]) {
        let lambda = schedule.level(index).lambda
        var (ratios, differences): ([Float], [Tensor]) = ([], [])
        for past in 1..<max(1, lastOrder) {
            let ratio = (schedule.level(index - past).lambda - lambda) / step.h
            ratios.append(ratio)
            differences.append((outputs[past] - outputs[0]) / ratio)
        }
        return (ratios, differences)
    }

    private func weightedSum(_ weights: [Float], _ tensors: [Tensor]) -> Tensor {
        zip(weights, tensors).dropFirst().reduce(weights[0] * tensors[0]) { $0 + $1.0 * $1.1 }
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        let level = schedule.level(begin + stepIndex)
        return level.alpha * original + level.sigma * noise
    }
}

/// One step from the noise level s0 to the level t, in the paper's symbols.
private struct Step {
    let h: Float
    /// What the weighted differences are multiplied with, `alpha * B(h)` or `sigma * B(h)`.
    let scale: Float

    private let ratio: Float
    private let factor: Float
    private let hh: Float
    private let bh: Float

    init(_ schedule: SolverSchedule, from index: Int, predictsOriginal: Bool, usesBh1: Bool) {
        let (t, s0) = (schedule.level(index + 1), schedule.level(index))
        h = t.lambda - s0.lambda
        hh = predictsOriginal ? -h : h
        bh = usesBh1 ? hh : expm1(hh)
        let weight = predictsOriginal ? t.alpha : t.sigma
        scale = weight * bh
        factor = weight * expm1(hh)
        ratio = predictsOriginal ? t.sigma / s0.sigma : t.alpha / s0.alpha
    }

    /// The first-order part.
    func base(_ sample: Tensor, _ output: Tensor) -> Tensor { ratio * sample - factor * output }

    /// The linear equations R(h) rho = b(h) for the weights of the differences.
    func equations(_ ratios: [Float]) -> (matrix: [[Float]], vector: [Float]) {
        var (matrix, vector): ([[Float]], [Float]) = ([], [])
        var phi = expm1(hh) / hh - 1
        var factorial: Float = 1
        for row in 1...ratios.count {
            matrix.append(ratios.map { pow($0, Float(row - 1)) })
            vector.append(phi * factorial / bh)
            factorial *= Float(row + 1)
            phi = phi / hh - 1 / factorial
        }
        return (matrix, vector)
    }
}

/// Solves a small system of linear equations by elimination with pivoting.
private func solve(_ matrix: [[Float]], _ vector: [Float]) -> [Float] {
    let count = vector.count
    var rows = zip(matrix, vector).map { $0 + [$1] }
    for column in 0..<count {
        let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
        rows.swapAt(column, pivot)
        for row in column + 1..<max(count, column + 1) {
            let factor = rows[row][column] / rows[column][column]
            for index in column...count { rows[row][index] -= factor * rows[column][index] }
        }
    }
    var solution = [Float](repeating: 0, count: count)
    for row in (0..<count).reversed() {
        let known = (row + 1..<max(count, row + 1)).reduce(rows[row][count]) { $0 - rows[row][$1] * solution[$1] }
        solution[row] = known / rows[row][row]
    }
    return solution
}
