import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("What a request may say of the sampling")
struct SamplingTests {
    private let pipeline: DiffusionPipeline

    init() throws {
        pipeline = try DiffusionPipeline(
            folder: Fixtures.url("pipelines/sd15/model").path, device: Device(threads: 2))
    }

    /// The latents after all steps of 64×64 pixels, and how often the denoiser was asked.
    private func finish(
        _ sampler: Sampler, steps: Int = 3, isImageToImage: Bool = false, isMasked: Bool = false,
        _ change: (inout DenoisingSettings) -> Void = { _ in }
    ) throws -> (latents: Tensor, evaluations: Int) {
        let device = pipeline.device
        let conditioning = try pipeline.encode(prompt: "a red cat", guidanceScale: 1)
        var settings = DenoisingSettings(
            for: pipeline.description, width: 64, height: 64, steps: steps, guidanceScale: 1, sampler: sampler, seed: 1,
            strength: 0.7)
        change(&settings)
        let picture = Tensor((0..<64 * 64 * 3).map { Float($0 % 7) / 7 }, shape: [1, 64, 64, 3], on: device)
        let mask = Tensor((0..<64 * 64).map { $0 % 64 < 32 ? 1 : 0 }, shape: [1, 64, 64, 1], on: device)
        var tasks = [
            try pipeline.begin(
                settings, conditioning: conditioning, initialPicture: isImageToImage || isMasked ? picture : nil,
                mask: isMasked ? mask : nil)
        ]
        let evaluations = tasks[0].totalSteps
        #expect(
            try pipeline.evaluations(settings, isImageToImage: isImageToImage || isMasked) == evaluations)
        while !tasks[0].isFinished { pipeline.step(&tasks) }
        #expect(tasks[0].isFinite)
        return (tasks[0].latents, evaluations)
    }

    @Test("a variation at full strength is the other seed's picture, later noise and all", arguments: [false, true])
    func fullVariation(isImageToImage: Bool) throws {
        let other = try finish(.eulerAncestral, isImageToImage: isImageToImage) { $0.seed = 2 }.latents
        let varied = try finish(.eulerAncestral, isImageToImage: isImageToImage) { settings in
            (settings.variationSeed, settings.variationStrength) = (2, 1)
        }.latents
        #expect(varied.elements == other.elements)
        let none = try finish(.eulerAncestral, isImageToImage: isImageToImage) { $0.variationSeed = 2 }.latents
        #expect(none.elements == (try finish(.eulerAncestral, isImageToImage: isImageToImage)).latents.elements)
        let half = try finish(.eulerAncestral, isImageToImage: isImageToImage) { settings in
            (settings.variationSeed, settings.variationStrength) = (2, 0.5)
        }.latents
        #expect(half.relativeError(to: other) > 0.01 && half.relativeError(to: none) > 0.01)
    }

    @Test("every sampler draws, from noise, from a picture, and a part of one", arguments: Sampler.allCases)
    func samplers(sampler: Sampler) throws {
        guard sampler != .flowEuler else { return }
        let whole = try finish(sampler)
        let (again, part) = (try finish(sampler, isImageToImage: true), try finish(sampler, isMasked: true))
        #expect(again.evaluations <= whole.evaluations && part.evaluations == again.evaluations)
        // What is kept is the picture's, whatever the sampler.
        let kept = try finish(.ddim, isMasked: true).latents
        for index in 0..<kept.count where index / 4 % 8 >= 4 {
            #expect(part.latents.elements[index] == kept.elements[index])
        }
    }

    @Test("options change the pictures of the samplers that have them")
    func options() throws {
        func difference(_ sampler: Sampler, _ change: (inout DenoisingSettings) -> Void) throws -> Double {
            try finish(sampler, change).latents.relativeError(to: finish(sampler).latents)
        }
        for sampler in [Sampler.euler, .heun, .dpm2] {
            #expect(try difference(sampler) { $0.churn = 3 } > 0.01, "\(sampler)")
            #expect(try difference(sampler) { ($0.churn, $0.churnMinimum) = (3, 100) } == 0, "\(sampler)")
        }
        for sampler in [
            Sampler.eulerAncestral, .dpm2Ancestral, .dpmSolver2SAncestral, .dpmSolverSDE, .dpmSolver2MSDE,
            .dpmSolver3MSDE, .ddim, .tcd,
        ] {
            let eta: Float = sampler == .ddim || sampler == .tcd ? 0.8 : 0.2
            #expect(try difference(sampler) { $0.eta = eta } > 0.005, "\(sampler)")
        }
        #expect(try difference(.eulerAncestral) { $0.noiseScale = 0.9 } > 0.005)
        #expect(try difference(.dpmSolver2M) { $0.schedule = .karras } > 0.005)
        #expect(try difference(.euler) { $0.noiseSize = NoiseSize(width: 32, height: 32) } > 0.1)
        #expect(try difference(.eulerAncestral) { $0.noiseSeedDelta = 1 } > 0.01)
        #expect(try difference(.euler) { $0.noiseSeedDelta = 1 } == 0)
    }

    @Test("image to image makes one step at little strength, none at nothing, and one more by the web UI's rule")
    func strengths() throws {
        func evaluations(_ strength: Float, _ rules: SamplingRules, _ sampler: Sampler = .euler) throws -> Int {
            try finish(sampler, steps: 4, isImageToImage: true) { ($0.strength, $0.rules) = (strength, rules) }
                .evaluations
        }
        #expect(try evaluations(0, .native) == 0)
        #expect(try evaluations(0.01, .native) == 1)
        #expect(try evaluations(0.5, .native) == 2)
        #expect(try evaluations(0, .webUI) == 1)
        #expect(try evaluations(0.5, .webUI) == 3)
        #expect(try evaluations(1, .webUI) == 4)
        #expect(try evaluations(0.5, .webUI, .heun) == 5)
    }
}
