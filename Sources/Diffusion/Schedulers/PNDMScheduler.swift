import NeuralNetwork

/// Pseudo numerical methods for diffusion models: Runge-Kutta steps first, unless the configuration skips them, then
/// linear multisteps.
///
/// Fewer than four steps are too few for Runge-Kutta ones, which are then skipped, too: the first step is corrected once
/// (a pseudo improved Euler step), as in CompVis' PLMS.
///
/// Liu, Ren, Lin and Zhao, "Pseudo Numerical Methods for Diffusion Models on Manifolds", 2022. Reference: diffusers
/// 0.42.1, `schedulers/scheduling_pndm.py`.
struct PNDMScheduler: Scheduler {
    let timesteps: [Float]

    private let alphaBar: [Float]
    private let finalAlphaBar: Float
    private let stride: Int
    private let predictsVelocity: Bool
    private let rungeKuttaTimesteps: [Int]

    /// The last outputs that count as the derivative at a timestep, oldest first, at most four.
    private var outputs: [Tensor] = []
    /// The weighted sum of the outputs of one Runge-Kutta step so far.
    private var weightedOutputs: Tensor?
    /// The sample at the beginning of a step that takes several evaluations.
    private var beginningSample: Tensor?

    init(_ configuration: SchedulerConfiguration, steps: Int, begin: Int) {
        let spacing = configuration.timestepSpacing ?? SchedulerClass.pndm.defaultTimestepSpacing
        let total = configuration.trainingTimesteps
        stride = total / steps
        let visited = spacing.timesteps(
            steps, last: total, training: total, offset: configuration.stepsOffset, includesEnd: true
        ).map { Int($0.rounded(.toNearestOrEven)) }

        let all: [Int]
        if configuration.skipsRungeKuttaSteps || visited.count < 4 {
            // The second timestep comes twice: the first step is corrected with what is found at its end.
            rungeKuttaTimesteps = []
            all = Array(visited.prefix(1)) + visited.dropFirst().prefix(1) + visited.dropFirst()
        } else {
            let half = stride / 2
            let doubled = visited.prefix(4).reversed().flatMap { [$0, $0 + half] }
            let repeated = doubled.dropLast().flatMap { [$0, $0] }
            rungeKuttaTimesteps = repeated.dropFirst().dropLast().reversed()
            all = rungeKuttaTimesteps + visited.dropFirst(3)
        }
        timesteps = all.dropFirst(begin).map(Float.init)
        alphaBar = NoiseSchedule(configuration, for: .pndm).alphaBar
        finalAlphaBar =
            configuration.setsAlphaToOne ?? SchedulerClass.pndm.setsAlphaToOneByDefault ? 1 : alphaBar[0]
        predictsVelocity = configuration.predictionType == .velocity
    }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        stepIndex < rungeKuttaTimesteps.count
            ? rungeKuttaStep(modelOutput, at: stepIndex, sample)
            : linearMultistep(modelOutput, at: stepIndex, sample)
    }

    private mutating func rungeKuttaStep(_ modelOutput: Tensor, at stepIndex: Int, _ sample: Tensor) -> Tensor {
        let previous = Int(timesteps[stepIndex]) - (stepIndex % 2 == 0 ? stride / 2 : 0)
        let timestep = rungeKuttaTimesteps[stepIndex / 4 * 4]
        var output = modelOutput
        switch stepIndex % 4 {
        case 0:
            add(Float(1.0 / 6.0) * modelOutput)
            outputs.append(modelOutput)
            beginningSample = sample
        case 1, 2:
            add(Float(1.0 / 3.0) * modelOutput)
        default:
            add(Float(1.0 / 6.0) * modelOutput)
            output = weightedOutputs ?? modelOutput
            weightedOutputs = nil
        }
        return transfer(beginningSample ?? sample, from: timestep, to: previous, output)
    }

    private mutating func add(_ weighted: Tensor) {
        weightedOutputs = weightedOutputs.map { $0 + weighted } ?? weighted
    }

    private mutating func linearMultistep(_ modelOutput: Tensor, at stepIndex: Int, _ sample: Tensor) -> Tensor {
        var timestep = Int(timesteps[stepIndex])
        var previous = timestep - stride
        if stepIndex == 1 {
            previous = timestep
            timestep += stride
        } else {
            outputs = outputs.suffix(3) + [modelOutput]
        }

        var sample = sample
        let e = Array(outputs.reversed())
        let output: Tensor
        switch e.count {
        case 1 where stepIndex == 0:
            output = modelOutput
            beginningSample = sample
        case 1:
            output = (modelOutput + e[0]) / 2
            sample = beginningSample ?? sample
            beginningSample = nil
        case 2:
            output = (3 * e[0] - e[1]) / 2
        case 3:
            output = (23 * e[0] - 16 * e[1] + 5 * e[2]) / 12
        default:
            output = Float(1.0 / 24.0) * (55 * e[0] - 59 * e[1] + 37 * e[2] - 9 * e[3])
        }
        return transfer(sample, from: timestep, to: previous, output)
    }

    /// Equation 9 of the paper: the sample at `previous`, from the one at `timestep` and the noise in it.
    private func transfer(_ sample: Tensor, from timestep: Int, to previous: Int, _ modelOutput: Tensor) -> Tensor {
        let alphaBarT = alphaBar(at: timestep)
        let alphaBarPrevious = alphaBar(at: previous)
        let (betaBarT, betaBarPrevious) = (1 - alphaBarT, 1 - alphaBarPrevious)
        let epsilon =
            predictsVelocity
            ? alphaBarT.squareRoot() * modelOutput + betaBarT.squareRoot() * sample
            : modelOutput
        let sampleCoefficient = (alphaBarPrevious / alphaBarT).squareRoot()
        let denominator =
            alphaBarT * betaBarPrevious.squareRoot() + (alphaBarT * betaBarT * alphaBarPrevious).squareRoot()
        return sampleCoefficient * sample - ((alphaBarPrevious - alphaBarT) * epsilon) / denominator
    }

    private func alphaBar(at timestep: Int) -> Float {
        timestep < 0 ? finalAlphaBar : alphaBar[min(timestep, alphaBar.count - 1)]
    }

    func predictOriginal(from modelOutput: Tensor, at stepIndex: Int, sample: Tensor) -> Tensor {
        let predictionType: PredictionType = predictsVelocity ? .velocity : .epsilon
        return predictionType.original(
            from: modelOutput, sample: sample, alphaBar: alphaBar(at: Int(timesteps[stepIndex])))
    }

    func addNoise(_ noise: Tensor, to original: Tensor, at stepIndex: Int) -> Tensor {
        let alphaBarT = alphaBar(at: Int(timesteps[stepIndex]))
        return alphaBarT.squareRoot() * original + (1 - alphaBarT).squareRoot() * noise
    }
}
