import Foundation
import NeuralNetwork

/// What a model's `scheduler/scheduler_config.json` says: how it was trained, and how it likes to be sampled.
///
/// Keys that no scheduler here has are ignored, as diffusers ignores them. An option that is left out has the default
/// of the scheduler that is made, so that a configuration can serve another class than its own.
public struct SchedulerConfiguration: Sendable {
    /// The scheduler's class in diffusers, such as `PNDMScheduler`.
    public var className: String

    /// The number of noise levels that the model was trained with.
    public private(set) var trainingTimesteps = 1000

    var betaStart: Double?
    var betaEnd: Double?
    var betaSchedule: BetaSchedule?
    var trainedBetas: [Double]?
    var rescalesToZeroTerminalSNR = false

    var predictionType = PredictionType.epsilon
    var timestepSpacing: TimestepSpacing?
    var stepsOffset = 0
    var timestepType = TimestepType.discrete

    var clipsSample: Bool?
    var clipSampleRange = 1.0
    var usesThresholding = false
    var thresholdingRatio = 0.995
    var sampleMaximum = 1.0

    var setsAlphaToOne: Bool?
    var skipsRungeKuttaSteps = false
    var originalSteps = 50
    var timestepScaling = 10.0

    var sigmaSpacing = SigmaSpacing.interpolated
    var sigmaInterpolation = SigmaInterpolation.linear
    var sigmaMinimum: Double?
    var sigmaMaximum: Double?
    var finalSigma = FinalSigma.zero

    var solverOrder = 2
    var solverType: SolverType?
    var algorithm = SolverAlgorithm.ordinary
    var lowersOrderAtEnd = true
    var usesEulerAtEnd = false
    var lambdaMinimum = -Double.infinity
    var predictsOriginal = true
    var stepsWithoutCorrector: [Int] = []

    var shift = 1.0
    var flowShift = 1.0
    var usesDynamicShifting = false
    var timeShift = TimeShift.exponential
    var terminalShift: Double?
    var invertsSigmas = false
    var samplesStochastically = false

    /// The most bytes that a configuration's file may have.
    private static let largestFile = 1 << 20

    /// Reads the file; Python's `Infinity` and `NaN` are understood.
    public init(contentsOfFile path: String) throws(SchedulerError) {
        let bytes: [UInt8]
        do throws(BoundedFile.Problem) {
            bytes = try BoundedFile.read(path, atMost: Self.largestFile)
        } catch {
            let reason =
                switch error {
                case .missing: "there is no such file"
                case .notAFile: "it is not a regular file"
                case .tooLarge: "it has more than \(Self.largestFile) bytes"
                case .unreadable(let reason): reason
                }
            throw .unreadable(file: path, reason: reason)
        }
        // Foundation's decoder does not survive everything that a file can hold.
        do throws(JSONError) {
            try JSONScanner.check(bytes, allowsNonFiniteNumbers: true)
        } catch {
            let format = ForeignFormat(beginning: bytes).map { "it is \($0.explanation)" }
            throw .unreadable(file: path, reason: format ?? "it is not valid JSON: \(error)")
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do {
            self = try decoder.decode(Self.self, from: Data(bytes))
        } catch let error as SchedulerError {
            throw error
        } catch let error as DecodingError {
            throw .unreadable(file: path, reason: error.sentence)
        } catch {
            throw .unreadable(file: path, reason: "it cannot be decoded")
        }
    }

    /// The configuration as `StableDiffusionPipeline` corrects it for models older than the two options.
    ///
    /// Stable Diffusion 1 and 2 were trained for a steps offset of 1 and unclipped samples; diffusers sets both,
    /// whatever the file says (`pipeline_stable_diffusion.py`, `__init__`).
    public func correctedForStableDiffusion() -> SchedulerConfiguration {
        var corrected = self
        corrected.stepsOffset = 1
        corrected.clipsSample = false
        return corrected
    }

    /// What keeps predictions of a clean sample in bounds, for the schedulers that also clip.
    func sampleLimit(for scheduler: SchedulerClass) -> SampleLimit {
        if usesThresholding { return thresholdingLimit }
        return clipsSample ?? scheduler.clipsSampleByDefault ? .clip(Float(clipSampleRange)) : .none
    }

    /// What keeps predictions of a clean sample in bounds, for the schedulers that never clip.
    var thresholdingLimit: SampleLimit {
        usesThresholding ? .dynamic(ratio: Float(thresholdingRatio), maximum: Float(sampleMaximum)) : .none
    }
}

extension SchedulerConfiguration: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case className = "_class_name"
        case trainingTimesteps = "num_train_timesteps"
        case betaStart = "beta_start"
        case betaEnd = "beta_end"
        case betaSchedule = "beta_schedule"
        case trainedBetas = "trained_betas"
        case rescalesToZeroTerminalSNR = "rescale_betas_zero_snr"
        case predictionType = "prediction_type"
        case timestepSpacing = "timestep_spacing"
        case stepsOffset = "steps_offset"
        case timestepType = "timestep_type"
        case clipsSample = "clip_sample"
        case clipSampleRange = "clip_sample_range"
        case usesThresholding = "thresholding"
        case thresholdingRatio = "dynamic_thresholding_ratio"
        case sampleMaximum = "sample_max_value"
        case setsAlphaToOne = "set_alpha_to_one"
        case skipsRungeKuttaSteps = "skip_prk_steps"
        case originalSteps = "original_inference_steps"
        case timestepScaling = "timestep_scaling"
        case usesKarrasSigmas = "use_karras_sigmas"
        case usesExponentialSigmas = "use_exponential_sigmas"
        case usesBetaSigmas = "use_beta_sigmas"
        case usesLuLambdas = "use_lu_lambdas"
        case usesFlowSigmas = "use_flow_sigmas"
        case sigmaInterpolation = "interpolation_type"
        case sigmaMinimum = "sigma_min"
        case sigmaMaximum = "sigma_max"
        case finalSigma = "final_sigmas_type"
        case solverOrder = "solver_order"
        case solverType = "solver_type"
        case algorithm = "algorithm_type"
        case lowersOrderAtEnd = "lower_order_final"
        case usesEulerAtEnd = "euler_at_final"
        case lambdaMinimum = "lambda_min_clipped"
        case predictsOriginal = "predict_x0"
        case stepsWithoutCorrector = "disable_corrector"
        case shift
        case flowShift = "flow_shift"
        case usesDynamicShifting = "use_dynamic_shifting"
        case timeShift = "time_shift_type"
        case terminalShift = "shift_terminal"
        case invertsSigmas = "invert_sigmas"
        case samplesStochastically = "stochastic_sampling"
    }

    /// Reads the JSON object.
    ///
    /// - Throws: `SchedulerError` for a value of the wrong type, out of range, or unknown.
    public init(from decoder: any Decoder) throws {
        let values = Values(container: try decoder.container(keyedBy: CodingKeys.self))
        className = try values.value(.className) ?? ""
        trainingTimesteps = try values.value(.trainingTimesteps, in: 2...100_000) ?? trainingTimesteps
        betaStart = try values.value(.betaStart, in: 0...0.999)
        betaEnd = try values.value(.betaEnd, in: 0...0.999)
        betaSchedule = try values.option(.betaSchedule)
        trainedBetas = try values.value(.trainedBetas)
        rescalesToZeroTerminalSNR = try values.value(.rescalesToZeroTerminalSNR) ?? rescalesToZeroTerminalSNR
        predictionType = try values.option(.predictionType) ?? predictionType
        timestepSpacing = try values.option(.timestepSpacing)
        stepsOffset = try values.value(.stepsOffset, in: 0...trainingTimesteps) ?? stepsOffset
        timestepType = try values.option(.timestepType) ?? timestepType

        clipsSample = try values.value(.clipsSample)
        clipSampleRange = try values.value(.clipSampleRange, in: 0...1e6) ?? clipSampleRange
        usesThresholding = try values.value(.usesThresholding) ?? usesThresholding
        thresholdingRatio = try values.value(.thresholdingRatio, in: 0...1) ?? thresholdingRatio
        sampleMaximum = try values.value(.sampleMaximum, in: 1e-6...1e6) ?? sampleMaximum

        setsAlphaToOne = try values.value(.setsAlphaToOne)
        skipsRungeKuttaSteps = try values.value(.skipsRungeKuttaSteps) ?? skipsRungeKuttaSteps
        originalSteps = try values.value(.originalSteps, in: 1...trainingTimesteps) ?? originalSteps
        timestepScaling = try values.value(.timestepScaling, in: 0...1e6) ?? timestepScaling

        sigmaSpacing = try Self.sigmaSpacing(values)
        sigmaInterpolation = try values.option(.sigmaInterpolation) ?? sigmaInterpolation
        sigmaMinimum = try values.value(.sigmaMinimum, in: 1e-6...1e6)
        sigmaMaximum = try values.value(.sigmaMaximum, in: 1e-6...1e6)
        finalSigma = try values.option(.finalSigma) ?? finalSigma

        solverOrder = try values.value(.solverOrder, in: 1...3) ?? solverOrder
        solverType = try values.option(.solverType)
        algorithm = try values.option(.algorithm) ?? algorithm
        lowersOrderAtEnd = try values.value(.lowersOrderAtEnd) ?? lowersOrderAtEnd
        usesEulerAtEnd = try values.value(.usesEulerAtEnd) ?? usesEulerAtEnd
        lambdaMinimum = try values.value(.lambdaMinimum) ?? lambdaMinimum
        predictsOriginal = try values.value(.predictsOriginal) ?? predictsOriginal
        stepsWithoutCorrector = try values.value(.stepsWithoutCorrector) ?? stepsWithoutCorrector

        shift = try values.value(.shift, in: 1e-3...1e3) ?? shift
        flowShift = try values.value(.flowShift, in: 1e-3...1e3) ?? flowShift
        usesDynamicShifting = try values.value(.usesDynamicShifting) ?? usesDynamicShifting
        timeShift = try values.option(.timeShift) ?? timeShift
        terminalShift = try values.value(.terminalShift, in: 0...0.999)
        invertsSigmas = try values.value(.invertsSigmas) ?? invertsSigmas
        samplesStochastically = try values.value(.samplesStochastically) ?? samplesStochastically

        if let trainedBetas {
            guard trainedBetas.count == trainingTimesteps, trainedBetas.allSatisfy({ 0...0.999 ~= $0 }) else {
                throw SchedulerError.malformed(
                    key: "trained_betas", problem: "must be \(trainingTimesteps) numbers from 0 to 0.999")
            }
        }
    }

    private static func sigmaSpacing(_ values: Values) throws -> SigmaSpacing {
        var chosen: [SigmaSpacing] = []
        if try values.value(.usesKarrasSigmas) ?? false { chosen.append(.karras) }
        if try values.value(.usesExponentialSigmas) ?? false { chosen.append(.exponential) }
        if try values.value(.usesBetaSigmas) ?? false { chosen.append(.beta) }
        guard chosen.count <= 1 else {
            throw SchedulerError.malformed(
                key: "use_karras_sigmas",
                problem: "excludes 'use_exponential_sigmas' and 'use_beta_sigmas': one of the three can be true")
        }
        if chosen.first != .karras, try values.value(.usesLuLambdas) ?? false { chosen = [.lu] }
        if try values.value(.usesFlowSigmas) ?? false { chosen.append(.flow) }
        guard chosen.count <= 1 else {
            throw SchedulerError.malformed(
                key: "use_flow_sigmas", problem: "excludes every other way of spacing the sigmas")
        }
        return chosen.first ?? .interpolated
    }

    /// Values by key, null being the same as absent, with errors that name the key.
    private struct Values {
        let container: KeyedDecodingContainer<CodingKeys>

        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            do {
                return try container.decodeIfPresent(Value.self, forKey: key)
            } catch {
                throw SchedulerError.malformed(key: key.rawValue, problem: "must be a \(Self.name(of: Value.self))")
            }
        }

        func value<Value: Decodable & Comparable>(_ key: CodingKeys, in range: ClosedRange<Value>) throws -> Value? {
            guard let value: Value = try value(key) else { return nil }
            guard range.contains(value) else {
                throw SchedulerError.malformed(
                    key: key.rawValue,
                    problem: "is \(value); it can be from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }

        func option<Option: RawRepresentable & CaseIterable>(_ key: CodingKeys) throws -> Option?
        where Option.RawValue == String {
            guard let value: String = try value(key) else { return nil }
            guard let option = Option(rawValue: value) else {
                throw SchedulerError.unknownOption(
                    key: key.rawValue, value: value, allowed: Option.allCases.map(\.rawValue))
            }
            return option
        }

        private static func name(of type: Any.Type) -> String {
            switch type {
            case is Bool.Type: "truth value"
            case is Int.Type: "whole number"
            case is Double.Type: "number"
            case is String.Type: "text"
            default: "list of numbers"
            }
        }
    }
}

extension DecodingError {
    /// What is wrong with a JSON document, without quoting it.
    fileprivate var sentence: String {
        switch self {
        case .typeMismatch: "it is not a JSON object"
        default: "it is not valid JSON"
        }
    }
}
