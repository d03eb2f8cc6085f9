import Diffusion
import Foundation
import NeuralNetwork
import Testing

@Suite("SchedulerConfiguration says what is wrong and what is allowed")
struct SchedulerConfigurationTests {
    private let latent = #""beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear""#

    private func decode(_ json: String) throws -> SchedulerConfiguration {
        try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(json.utf8))
    }

    private func error(decoding json: String) -> SchedulerError? {
        do {
            _ = try decode(json)
            return nil
        } catch {
            return error as? SchedulerError
        }
    }

    @Test("an unknown option is named, with those that exist")
    func unknownOption() {
        #expect(
            error(decoding: #"{"_class_name": "DDIMScheduler", "beta_schedule": "sigmoid"}"#)
                == .unknownOption(
                    key: "beta_schedule", value: "sigmoid", allowed: ["linear", "scaled_linear", "squaredcos_cap_v2"]))
        #expect(
            error(decoding: #"{"_class_name": "DDIMScheduler", "timestep_spacing": "even"}"#)?.description
                == "'timestep_spacing' in the scheduler configuration is 'even'; "
                + "it can be 'linspace', 'leading', 'trailing'.")
    }

    @Test(
        "a value of the wrong type or out of range is an error, not a crash",
        arguments: [
            (#""num_train_timesteps": 0"#, "num_train_timesteps"),
            (#""num_train_timesteps": "many""#, "num_train_timesteps"),
            (#""num_train_timesteps": 1e30"#, "num_train_timesteps"),
            (#""beta_end": 2"#, "beta_end"),
            (#""trained_betas": [0.1, 0.2]"#, "trained_betas"),
            (#""trained_betas": [0.1, 7], "num_train_timesteps": 2"#, "trained_betas"),
            (#""steps_offset": -3"#, "steps_offset"),
            (#""solver_order": 9"#, "solver_order"),
            (#""thresholding": "yes""#, "thresholding"),
            (#""dynamic_thresholding_ratio": 1.5"#, "dynamic_thresholding_ratio"),
            (#""original_inference_steps": 0"#, "original_inference_steps"),
            (#""use_karras_sigmas": true, "use_beta_sigmas": true"#, "use_karras_sigmas"),
            (#""use_karras_sigmas": true, "use_flow_sigmas": true"#, "use_flow_sigmas"),
        ])
    func malformed(option: String, key: String) {
        guard case .malformed(let named, _)? = error(decoding: "{\(option)}") else {
            Issue.record("\(option) was accepted")
            return
        }
        #expect(named == key)
    }

    @Test("a scheduler that does not exist here is an error until a sampler takes its place")
    func unknownScheduler() throws {
        let configuration = try decode(#"{"_class_name": "IPNDMScheduler", \#(latent)}"#)
        let error = #expect(throws: SchedulerError.self) { try configuration.makeScheduler(steps: 20) }
        guard case .unknownScheduler("IPNDMScheduler", let allowed)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(allowed.contains("PNDMScheduler"))
        #expect(try configuration.makeScheduler(sampler: .euler, steps: 20).timesteps.count == 20)
    }

    @Test("keys that no scheduler has, and null, are as if they were not there")
    func ignoredKeys() throws {
        let configuration = try decode(
            #"{"_class_name": "DDIMScheduler", "_diffusers_version": "0.6.0", "novelty": [1], "trained_betas": null}"#)
        #expect(try configuration.makeScheduler(steps: 5).timesteps == [800, 600, 400, 200, 0])
    }

    @Test("steps are counted from one to what the schedule has", arguments: Sampler.allCases)
    func stepBounds(sampler: Sampler) throws {
        let name = sampler == .flowEuler ? "FlowMatchEulerDiscreteScheduler" : "DDIMScheduler"
        let configuration = try decode(
            #"{"_class_name": "\#(name)", \#(latent), "num_train_timesteps": 100, "skip_prk_steps": true}"#)
        for steps in [Int.min, -1, 0, 101, 1001, Int.max] {
            #expect(throws: SchedulerError.self) { try configuration.makeScheduler(sampler: sampler, steps: steps) }
        }
        for steps in 1...100 {
            let scheduler = try configuration.makeScheduler(sampler: sampler, steps: steps)
            #expect(scheduler.timesteps.count >= steps)
            #expect(scheduler.timesteps.allSatisfy { 0...100 ~= $0 })
        }
    }

    @Test("every number of steps works with every spacing", arguments: ["linspace", "leading", "trailing"])
    func everyStepCount(spacing: String) throws {
        let configuration = try decode(
            #"{"_class_name": "DDIMScheduler", \#(latent), "timestep_spacing": "\#(spacing)", "steps_offset": 1}"#)
        let device = Device(threads: 1)
        let sample = Tensor([0.5, -0.5], shape: [1, 1, 1, 2], on: device)
        for sampler in [Sampler.ddim, .euler, .dpmSolver2M, .uniPC] {
            for steps in [1, 2, 3, 61, 103, 122, 150, 499, 1000] {
                var scheduler = try configuration.makeScheduler(sampler: sampler, steps: steps)
                #expect(scheduler.timesteps.count == steps)
                for index in scheduler.timesteps.indices {
                    _ = scheduler.step(modelOutput: sample, at: index, sample: sample) { sample }
                }
            }
        }
    }

    @Test("the shortest training schedules are no trouble")
    func shortTraining() throws {
        for count in 2...60 {
            let configuration = try decode(
                #"{"_class_name": "DDIMScheduler", \#(latent), "num_train_timesteps": \#(count), "steps_offset": 1}"#)
            let sample = Tensor([0.5, -0.5], shape: [1, 1, 1, 2], on: Device(threads: 1))
            for sampler in Sampler.allCases where sampler != .flowEuler {
                guard sampler != .lcm && sampler != .tcd || count >= 50 else {
                    #expect(throws: SchedulerError.self) { try configuration.makeScheduler(sampler: sampler, steps: 1) }
                    continue
                }
                for steps in Set([min(4, count), min(7, count), min(count, 50)]) {
                    var scheduler = try configuration.makeScheduler(sampler: sampler, steps: steps)
                    for index in scheduler.timesteps.indices {
                        _ = scheduler.step(modelOutput: sample, at: index, sample: sample) { sample }
                    }
                }
            }
        }
    }

    @Test("whatever a configuration says, there is an error or a trajectory, never a crash")
    func randomConfigurations() throws {
        let classes = [
            "DDIMScheduler", "PNDMScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler",
            "DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "LCMScheduler", "FlowMatchEulerDiscreteScheduler",
            "HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler",
            "LMSDiscreteScheduler",
            "DEISMultistepScheduler", "DPMSolverSDEScheduler", "TCDScheduler",
        ]
        let truth = ["true", "false", "null"]
        let numbers = ["0", "1e-9", "0.02", "0.5", "1", "3", "50", "1e9", "-1", "1e308", "null"]
        let counts = ["0", "1", "2", "3", "7", "50", "100", "1000", "-5", "null"]
        let values: [String: [String]] = [
            "num_train_timesteps": ["1", "2", "3", "10", "100", "1000"], "beta_start": numbers, "beta_end": numbers,
            "beta_schedule": [#""linear""#, #""scaled_linear""#, #""squaredcos_cap_v2""#],
            "trained_betas": ["[]", "[0.1, 0.2]", "[0, 0.999, 0.5]", "null"], "rescale_betas_zero_snr": truth,
            "prediction_type": [#""epsilon""#, #""sample""#, #""v_prediction""#, #""flow_prediction""#],
            "timestep_spacing": [#""linspace""#, #""leading""#, #""trailing""#], "steps_offset": counts,
            "timestep_type": [#""continuous""#, #""discrete""#], "clip_sample": truth, "clip_sample_range": numbers,
            "thresholding": truth, "dynamic_thresholding_ratio": numbers, "sample_max_value": numbers,
            "set_alpha_to_one": truth, "skip_prk_steps": truth, "original_inference_steps": counts,
            "timestep_scaling": numbers, "use_karras_sigmas": truth, "use_exponential_sigmas": truth,
            "use_beta_sigmas": truth, "use_lu_lambdas": truth, "use_flow_sigmas": truth,
            "interpolation_type": [#""linear""#, #""log_linear""#], "sigma_min": numbers, "sigma_max": numbers,
            "final_sigmas_type": [#""zero""#, #""sigma_min""#], "solver_order": counts,
            "solver_type": [#""midpoint""#, #""heun""#, #""bh1""#, #""bh2""#, #""logrho""#],
            "algorithm_type": [#""dpmsolver++""#, #""sde-dpmsolver++""#], "lower_order_final": truth,
            "euler_at_final": truth, "lambda_min_clipped": numbers + ["-5", "-1e300"], "predict_x0": truth,
            "disable_corrector": ["[]", "[0, 1, 2]", "[-1, 1000000]"], "shift": numbers, "flow_shift": numbers,
            "use_dynamic_shifting": truth, "time_shift_type": [#""exponential""#, #""linear""#],
            "shift_terminal": numbers, "invert_sigmas": truth, "stochastic_sampling": truth,
        ]
        let keys = values.keys.sorted()
        var source = TorchRandomSource(seed: 11)
        func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int(source.uniform(1)[0] * Float(elements.count))]
        }
        let sample = Tensor([0.5, -0.5, 2], shape: [1, 1, 1, 3], on: Device(threads: 1))
        var trajectories = 0
        for _ in 0..<20_000 {
            var options = [#""_class_name": "\#(pick(classes))""#]
            for _ in 0..<pick([1, 2, 4, 7]) {
                let key = pick(keys)
                options.append(#""\#(key)": \#(pick(values[key] ?? ["null"]))"#)
            }
            do {
                let configuration = try decode("{\(options.joined(separator: ", "))}")
                var wishes = SamplingOptions()
                wishes.eta = pick([nil, nil, 0, 1, 10])
                wishes.schedule = pick(SigmaSchedule.allCases + Array(repeating: nil, count: 12))
                wishes.churn = pick([0, 0, 3, 1000])
                wishes.rules = pick(SamplingRules.allCases)
                var scheduler = try configuration.makeScheduler(
                    sampler: pick(Sampler.allCases.map(Optional.some) + Array(repeating: nil, count: 20)),
                    steps: pick([1, 2, 3, 4, 5, 11, 20, 50]), strength: pick([nil, nil, 1, 0.5, 0.1]), options: wishes,
                    mu: pick([nil, 0.5, -1000, 1000]))
                _ = scheduler.addNoise(sample, to: sample, at: 0)
                for index in scheduler.timesteps.indices {
                    _ = scheduler.addChurn({ sample }, to: sample, at: index)
                    let output = scheduler.scaleModelInput(sample, at: index)
                    _ = scheduler.step(modelOutput: output, at: index, sample: sample) { sample }
                }
                trajectories += 1
            } catch let error {
                #expect(error is SchedulerError, "\(options): \(error)")
            }
        }
        #expect(trajectories > 5000)
    }

    @Test("strength leaves out the first steps, counted as Python counts")
    func strength() throws {
        let configuration = try decode(#"{"_class_name": "DDIMScheduler", \#(latent)}"#)
        // diffusers' 0.58 of 50 is 28, as 0.58 times 50 is a little less than 29.
        for (steps, strength, expected) in [
            (10, 0.7, 7), (50, 0.58, 28), (100, 0.29, 28), (20, 0.3, 6), (3, 1, 3), (5, 0.1, 1), (5, 0, 0),
        ] {
            let scheduler = try configuration.makeScheduler(steps: steps, strength: Float(strength))
            #expect(scheduler.timesteps.count == expected)
        }
        for strength in [-0.1, 1.1, Float.nan, .infinity] {
            #expect(throws: SchedulerError.self) { try configuration.makeScheduler(steps: 5, strength: strength) }
        }
    }

    @Test("samplers for flow matching and for other models do not mix")
    func flowMatching() throws {
        let flow = try decode(#"{"_class_name": "FlowMatchEulerDiscreteScheduler"}"#)
        #expect(throws: SchedulerError.self) { try flow.makeScheduler(sampler: .ddim, steps: 5) }
        let other = try decode(#"{"_class_name": "DDIMScheduler"}"#)
        #expect(throws: SchedulerError.self) { try other.makeScheduler(sampler: .flowEuler, steps: 5) }
        let dynamic = try decode(
            #"{"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true}"#)
        #expect(throws: SchedulerError.missingShift) { try dynamic.makeScheduler(steps: 5) }
        #expect(try dynamic.makeScheduler(steps: 5, mu: 0.9).timesteps.count == 5)
    }

    @Test("a prediction type that a scheduler cannot use is an error")
    func predictionType() throws {
        let configuration = try decode(#"{"_class_name": "PNDMScheduler", "prediction_type": "sample"}"#)
        #expect(
            throws: SchedulerError.unsupportedOption(
                scheduler: "PNDMScheduler", key: "prediction_type", value: "sample",
                allowed: ["epsilon", "v_prediction"])
        ) { try configuration.makeScheduler(steps: 10) }
    }

    @Test("a file is read as Python writes it, with its infinities")
    func file() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func configuration(_ text: String) throws -> SchedulerConfiguration {
            let url = folder.appendingPathComponent("scheduler_config.json")
            try Data(text.utf8).write(to: url)
            return try SchedulerConfiguration(contentsOfFile: url.path)
        }
        let read = try configuration(
            #"{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity}"#)
        #expect(read.className == "DPMSolverMultistepScheduler")
        #expect(try read.makeScheduler(steps: 20).timesteps.count == 20)
        let tooLong = String(repeating: " ", count: 1 << 20) + "{}"
        for text in ["", "[]", "{", tooLong, "\u{0}", #"{"solver_order": 1e400}"#] {
            #expect(throws: SchedulerError.self) { try configuration(text) }
        }
        #expect(throws: SchedulerError.self) { try SchedulerConfiguration(contentsOfFile: "/nowhere/at/all.json") }
    }

    @Test("samplers have names that people know")
    func names() {
        #expect(Set(Sampler.allCases.map(\.displayName)).count == Sampler.allCases.count)
        #expect(Sampler(rawValue: "dpm++-2m-karras")?.displayName == "DPM++ 2M Karras")
        #expect(Sampler(rawValue: "euler-ancestral")?.displayName == "Euler a")
    }
}
