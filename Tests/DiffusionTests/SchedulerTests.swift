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
    ]

    @Test("whole trajectories agree, step for step", arguments: files)
    func trajectories(file: String) throws {
        let trajectories = try read([Trajectory].self, "schedulers/\(file).json")
        #expect(trajectories.count > 20)
        // The third-order terms cancel down to the last bits of an exponential, which processors differ in.
        let tolerance: Float = file == "dpm_solver" ? 5e-5 : 1e-5
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

        var scheduler = try expected.config.makeScheduler(
            sampler: expected.sampler, steps: expected.steps, strength: expected.strength, eta: expected.eta,
            mu: expected.mu)
        #expect(scheduler.timesteps.count == expected.timesteps.count, "\(expected.summary)")
        for (timestep, wanted) in zip(scheduler.timesteps, expected.timesteps) {
            #expect(abs(timestep - wanted) <= 2e-4 + 1e-6 * abs(wanted), "\(expected.summary)")
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

    @Test("a scheduler's copy is a trajectory of its own")
    func copies() throws {
        let device = Device(threads: 1)
        let sample = Tensor([1, -2, 3, 0.5], shape: [1, 1, 1, 4], on: device)
        for sampler in Sampler.allCases where sampler != .flowEuler {
            var scheduler = try configuration(#"{"_class_name": "PNDMScheduler"}"#).makeScheduler(
                sampler: sampler == .pndm ? .ddim : sampler, steps: 5)
            func advance(_ scheduler: inout any Scheduler, from index: Int) -> [Float] {
                var sample = sample
                for index in index..<4 {
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
        #expect(zip(sample.elements, picture.elements).allSatisfy { abs($0 - $1) < 1e-4 })
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
