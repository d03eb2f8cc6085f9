import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("Schedulers go the way that diffusers goes")
struct SchedulerTests {
    /// A trajectory of `Tests/Fixtures/parts/schedulers.py`.
    struct Trajectory: Decodable {
        let config: SchedulerConfiguration
        let sampler: Sampler?
        let steps: Int
        let strength: Float
        let eta: Float
        let mu: Double?
        let timesteps: [Float]
        let initial: Float
        /// The first and the last number of the latents before the first step.
        let begin: [Float]
        /// The same after each step.
        let trace: [Float]
        /// The latents after the last step.
        let last: [Float]

        var summary: String {
            "\(config.className) \(sampler?.rawValue ?? "") steps \(steps) strength \(strength)"
        }
    }

    static let files = [
        "ddim", "pndm", "euler", "euler_ancestral", "dpm_solver", "unipc", "lcm", "flow_match_euler", "samplers",
        "second_order", "deis", "tcd", "step_counts",
    ]

    @Test("whole trajectories agree, step for step", arguments: files)
    func trajectories(file: String) throws {
        let trajectories = try read([Trajectory].self, "schedulers/\(file).json")
        #expect(trajectories.count > 20)
        // The third-order terms cancel down to the last bits of an exponential, which processors differ in.
        let tolerance: Float = ["dpm_solver", "deis", "second_order", "step_counts"].contains(file) ? 5e-5 : 1e-5
        for (number, expected) in trajectories.enumerated() {
            let error = try relativeError(of: expected)
            #expect(error <= tolerance, "case \(number), \(expected.summary)")
        }
    }

    /// Runs a trajectory over the fixtures' denoiser and returns the largest error, relative to the latents' size.
    private func relativeError(of expected: Trajectory) throws -> Float {
        let device = Device(threads: 1)
        let shape = [1, 2, 2, 4]
        var source = TorchRandomSource(seed: 1234)
        func draw() -> Tensor { Tensor(source.normal(16), shape: shape, on: device) }

        var options = SamplingOptions()
        // The files' 0 is the scheduler's own; only of TCD it is not.
        let isOwn = expected.eta == 0 && (expected.sampler != nil || expected.config.className != "TCDScheduler")
        options.eta = isOwn ? nil : expected.eta
        var scheduler = try expected.config.makeScheduler(
            sampler: expected.sampler, steps: expected.steps, strength: expected.strength < 1 ? expected.strength : nil,
            options: options, mu: expected.mu)
        #expect(scheduler.timesteps.count == expected.timesteps.count, "\(expected.summary)")
        // How far an ancestral step goes down is a small difference of large numbers, which are rounded in other ways.
        let slack: Float = expected.config.className == "KDPM2AncestralDiscreteScheduler" ? 0.25 : 2e-4
        for (timestep, wanted) in zip(scheduler.timesteps, expected.timesteps) {
            #expect(abs(timestep - wanted) <= slack + 1e-6 * abs(wanted), "\(expected.summary)")
        }
        #expect(abs(scheduler.initialNoiseSigma - expected.initial) <= 1e-6 * expected.initial)

        var sample: Tensor
        if expected.strength < 1 {
            let original = draw()
            sample = scheduler.addNoise(draw(), to: original, at: 0)
        } else {
            sample = scheduler.initialNoiseSigma * draw()
        }
        var pairs = [(ends(sample), expected.begin)]
        for (index, timestep) in scheduler.timesteps.enumerated() {
            let output = scheduler.scaleModelInput(sample, at: index).map { tanh(0.8 * $0 + 0.3 * timestep / 1000) }
            sample = scheduler.step(modelOutput: output, at: index, sample: sample, noise: draw)
            #expect(sample.shape == shape)
            pairs.append((ends(sample), Array(expected.trace.dropFirst(2 * index).prefix(2))))
        }
        pairs.append((sample.elements, expected.last))
        return pairs.map { actual, wanted in
            let size = max(1e-3, wanted.map(abs).max() ?? 0)
            let error = zip(actual, wanted).map { abs($0 - $1) / size }.max() ?? .infinity
            return actual.count == wanted.count && actual.allSatisfy(\.isFinite) ? error : .infinity
        }.max() ?? .infinity
    }

    private func ends(_ sample: Tensor) -> [Float] {
        sample.withElements { [$0[0], $0[$0.count - 1]] }
    }

    /// A trajectory of k-diffusion, or of a solver of diffusers at k-diffusion's noise levels.
    struct KTrajectory: Decodable {
        struct Options: Decodable {
            let schedule: String?
            let eta: Float?
            let churn: Float?
            let churnMinimum: Float?
            let churnMaximum: Float?
            let noiseScale: Float?
            let rules: SamplingRules?
        }

        let sampler: Sampler
        let steps: Int
        let strength: Float?
        let prediction: String
        let options: Options
        let evaluations: Int
        let timesteps: [Float]
        /// The first and the last number of what the denoiser is asked, for each evaluation; empty where those are many.
        let asked: [Float]
        let last: [Float]

        var samplingOptions: SamplingOptions {
            var result = SamplingOptions()
            result.schedule = options.schedule.flatMap(SigmaSchedule.init(rawValue:))
            result.eta = options.eta
            result.churn = options.churn ?? result.churn
            result.churnMinimum = options.churnMinimum ?? result.churnMinimum
            result.churnMaximum = options.churnMaximum ?? result.churnMaximum
            result.noiseScale = options.noiseScale ?? result.noiseScale
            result.rules = options.rules ?? result.rules
            return result
        }
    }

    @Test("and as k-diffusion goes, with every schedule and option", arguments: ["k_diffusion", "solver_schedules"])
    func kDiffusion(file: String) throws {
        let trajectories = try read([KTrajectory].self, "schedulers/\(file).json")
        #expect(trajectories.count > 80)
        for expected in trajectories {
            let error = try relativeError(of: expected)
            // How far an ancestral step goes down is a small difference of large numbers.
            let tolerance: Float = expected.sampler == .dpm2Ancestral ? 2e-4 : 5e-5
            #expect(
                error <= tolerance,
                "\(expected.sampler) \(expected.steps) \(expected.strength ?? -1) \(expected.options)")
        }
    }

    private func relativeError(of expected: KTrajectory) throws -> Float {
        let device = Device(threads: 1)
        let shape = [1, 2, 2, 4]
        var source = TorchRandomSource(seed: 1234)
        func draw() -> Tensor { Tensor(source.normal(16), shape: shape, on: device) }
        let model = try configuration(
            """
            {"_class_name": "EulerDiscreteScheduler", "beta_start": 0.00085, "beta_end": 0.012,
             "beta_schedule": "scaled_linear", "prediction_type": "\(expected.prediction)"}
            """)
        var scheduler = try model.makeScheduler(
            sampler: expected.sampler, steps: expected.steps, strength: expected.strength,
            options: expected.samplingOptions)
        #expect(scheduler.timesteps.count == expected.evaluations, "\(expected.sampler) \(expected.steps)")
        for (timestep, wanted) in zip(scheduler.timesteps, expected.timesteps) {
            #expect(abs(timestep - wanted) <= 2e-2 + 1e-5 * abs(wanted), "\(expected.sampler) \(expected.options)")
        }
        var sample: Tensor
        if expected.strength == nil {
            sample = scheduler.initialNoiseSigma * draw()
        } else {
            let original = draw()
            sample = scheduler.addNoise(draw(), to: original, at: 0)
        }
        var pairs: [([Float], [Float])] = []
        for (index, timestep) in scheduler.timesteps.enumerated() {
            sample = scheduler.addChurn(draw, to: sample, at: index)
            let input = scheduler.scaleModelInput(sample, at: index)
            if !expected.asked.isEmpty {
                pairs.append((ends(input), Array(expected.asked.dropFirst(2 * index).prefix(2))))
            }
            let output = input.map { tanh(0.8 * $0 + 0.3 * timestep / 1000) }
            sample = scheduler.step(modelOutput: output, at: index, sample: sample, noise: draw)
        }
        pairs.append((sample.elements, expected.last))
        return pairs.map { actual, wanted in
            let size = max(0.1, wanted.map(abs).max() ?? 0)
            let error = zip(actual, wanted).map { abs($0 - $1) / size }.max() ?? .infinity
            return actual.count == wanted.count && actual.allSatisfy(\.isFinite) ? error : .infinity
        }.max() ?? .infinity
    }

    /// The samplers with the schedules that they take.
    static let scheduled = Sampler.allCases.flatMap { sampler in
        [(sampler, nil)] + (sampler.takesSchedule ? SigmaSchedule.allCases.map { (sampler, $0) } : [])
    }

    @Test("every number of steps from 1 to 150 leads to the picture", arguments: scheduled)
    func everyStepCount(sampler: Sampler, schedule: SigmaSchedule?) throws {
        let device = Device(threads: 1)
        let picture = Tensor([0.5, -0.25], shape: [1, 1, 1, 2], on: device)
        let noise = Tensor([0.3, -1.1], shape: [1, 1, 1, 2], on: device)
        let isFlow = sampler == .flowEuler
        let toldThePicture = sampler != .pndm && sampler != .eulerAncestral
        let model = try configuration(
            isFlow
                ? #"{"_class_name": "FlowMatchEulerDiscreteScheduler"}"#
                : """
                {"_class_name": "DDIMScheduler", "clip_sample": false, "skip_prk_steps": true, "steps_offset": 1,
                 "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
                 "prediction_type": "\(toldThePicture ? "sample" : "epsilon")"}
                """)
        var options = SamplingOptions()
        options.schedule = schedule
        for steps in 1...150 {
            var scheduler = try model.makeScheduler(sampler: sampler, steps: steps, options: options)
            #expect(scheduler.timesteps.count == sampler.evaluations(steps), "\(steps)")
            #expect(scheduler.timesteps.allSatisfy { 0...1000 ~= $0 }, "\(steps)")
            // Schedules share the samplers' steps, so that not every long way has to be gone with each of them.
            guard schedule == nil || steps <= 60 || steps.isMultiple(of: 25) else { continue }
            var sample = scheduler.initialNoiseSigma * noise
            for (index, timestep) in scheduler.timesteps.enumerated() {
                _ = scheduler.scaleModelInput(sample, at: index)
                let output = isFlow ? (sample - picture) / (timestep / 1000) : toldThePicture ? picture : 0.1 * noise
                sample = scheduler.step(modelOutput: output, at: index, sample: sample) { noise }
            }
            // DEIS and TCD end at the lowest level of training, the others at none.
            let tolerance: Float = schedule == nil && (sampler == .deis || sampler == .tcd) ? 0.15 : 1e-3
            let isThere = zip(sample.elements, picture.elements).allSatisfy { abs($0 - $1) < tolerance }
            #expect(toldThePicture ? isThere : sample.elements.allSatisfy(\.isFinite), "\(steps)")
        }
    }

    @Test("image to image makes as many steps as diffusers or the web UI")
    func stepsOfStrengths() {
        for (steps, strength, native, webUI) in [
            (20, 0, 0, 1), (20, 0.01, 1, 1), (20, 0.05, 1, 2), (20, 0.7, 14, 15), (20, 1, 20, 20), (1, 0.3, 1, 1),
            (4, 0.25, 1, 2), (10, 0.7, 7, 8), (150, 1, 150, 150), (1000, 1, 1000, 1000), (4, 0.999, 3, 4),
        ] as [(Int, Float, Int, Int)] {
            #expect(SamplingRules.native.steps(of: steps, strength: strength) == native, "\(steps) \(strength)")
            #expect(SamplingRules.webUI.steps(of: steps, strength: strength) == webUI, "\(steps) \(strength)")
        }
    }

    @Test("a schedule is refused where a sampler has its own")
    func scheduleMismatch() throws {
        let model = try configuration(#"{"_class_name": "DDIMScheduler"}"#)
        var options = SamplingOptions()
        options.schedule = .karras
        for sampler in Sampler.allCases where !sampler.takesSchedule && sampler != .flowEuler {
            #expect(throws: SchedulerError.scheduleMismatch(sampler: sampler.rawValue)) {
                try model.makeScheduler(sampler: sampler, steps: 4, options: options)
            }
        }
        #expect(throws: SchedulerError.scheduleMismatch(sampler: "DDIMScheduler")) {
            try model.makeScheduler(steps: 4, options: options)
        }
    }

    @Test("a scheduler's copy is a trajectory of its own")
    func copies() throws {
        let device = Device(threads: 1)
        let sample = Tensor([1, -2, 3, 0.5], shape: [1, 1, 1, 4], on: device)
        for sampler in Sampler.allCases where sampler != .flowEuler {
            var scheduler = try configuration(#"{"_class_name": "PNDMScheduler"}"#).makeScheduler(
                sampler: sampler == .pndm ? .ddim : sampler, steps: 5)
            func advance(_ scheduler: inout any Scheduler, from index: Int) -> [Float] {
                var sample = sample
                for index in index..<scheduler.timesteps.count {
                    sample = scheduler.step(modelOutput: sample, at: index, sample: sample) { sample }
                }
                return sample.elements
            }
            _ = scheduler.step(modelOutput: sample, at: 0, sample: sample) { sample }
            var copy = scheduler
            #expect(advance(&scheduler, from: 1) == advance(&copy, from: 1), "\(sampler)")
        }
    }

    /// PNDM and Euler's ancestral method cannot be told the clean picture itself.
    static let samplersToldThePicture = Sampler.allCases.filter { $0 != .pndm && $0 != .eulerAncestral }

    @Test("a denoiser that knows the picture gets the picture", arguments: samplersToldThePicture)
    func recoversThePicture(sampler: Sampler) throws {
        let device = Device(threads: 1)
        let picture = Tensor([0.5, -0.25, 0.75, 0], shape: [1, 1, 1, 4], on: device)
        var source = TorchRandomSource(seed: 7)
        func noise() -> Tensor { Tensor(source.normal(4), shape: picture.shape, on: device) }
        let isFlow = sampler == .flowEuler
        let json =
            isFlow
            ? #"{"_class_name": "FlowMatchEulerDiscreteScheduler"}"#
            : """
            {"_class_name": "DDIMScheduler", "prediction_type": "sample", "clip_sample": false,
             "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
            """
        var scheduler = try configuration(json).makeScheduler(sampler: sampler, steps: 10)
        var sample = scheduler.initialNoiseSigma * noise()
        for (index, timestep) in scheduler.timesteps.enumerated() {
            let output = isFlow ? (sample - picture) / (timestep / 1000) : picture
            sample = scheduler.step(modelOutput: output, at: index, sample: sample, noise: noise)
        }
        // DEIS and TCD end at the lowest level of training, the others at none.
        let tolerance: Float = sampler == .deis || sampler == .tcd ? 0.06 : 1e-4
        #expect(zip(sample.elements, picture.elements).allSatisfy { abs($0 - $1) < tolerance })
    }

    @Test("the cumulative product of alphas agrees in every bit, or to the last where PyTorch's roots are rough")
    func noiseSchedules() throws {
        struct Case: Decodable {
            let name: String
            let config: SchedulerConfiguration
            let indices: [Int]
            let bits: [Int]
            let slack: Int
        }
        for `case` in try read([Case].self, "schedulers/noise_schedules.json") {
            let alphaBar = NoiseSchedule(`case`.config, for: .ddim).alphaBar
            let differences = zip(`case`.indices, `case`.bits).map { abs(Int(alphaBar[$0].bitPattern) - $1) }
            #expect(differences.allSatisfy { $0 <= `case`.slack }, "\(`case`.name): \(differences)")
        }
    }

    private func configuration(_ json: String) throws -> SchedulerConfiguration {
        try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(json.utf8))
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: Fixtures.url(path)))
    }
}

extension SamplingRules: Decodable {}

extension Sampler {
    /// How often the denoiser is asked for so many steps.
    fileprivate func evaluations(_ steps: Int) -> Int {
        switch self {
        // The last step ends at zero, where there is nothing to ask.
        case .heun, .dpm2, .dpm2Ancestral, .dpmSolver2SAncestral, .dpmSolverSDE: 2 * steps - 1
        case .pndm: steps > 1 ? steps + 1 : steps
        default: steps
        }
    }
}
