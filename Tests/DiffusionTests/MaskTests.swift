import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("A mask says what is drawn anew")
struct MaskTests {
    private let pipeline: DiffusionPipeline

    init() throws {
        pipeline = try DiffusionPipeline(
            folder: Fixtures.url("pipelines/sd15/model").path, device: Device(threads: 2))
    }

    /// The latents after all steps, 64×64 pixels of which `mask` says for each whether it is drawn anew.
    private func finish(
        _ fill: MaskFill = .original, strength: Float = 0.6, seed: UInt64 = 1,
        mask: ((_ row: Int, _ column: Int) -> Float)?
    ) throws -> Tensor {
        let device = pipeline.device
        let conditioning = try pipeline.encode(prompt: "a red cat", guidanceScale: 1)
        let settings = DenoisingSettings(
            for: pipeline.description, width: 64, height: 64, steps: 5, guidanceScale: 1, sampler: .ddim, seed: seed,
            strength: strength)
        let picture = Tensor((0..<64 * 64 * 3).map { Float($0 % 7) / 7 }, shape: [1, 64, 64, 3], on: device)
        let pixels = mask.map { mask in
            Tensor((0..<64 * 64).map { mask($0 / 64, $0 % 64) }, shape: [1, 64, 64, 1], on: device)
        }
        var tasks = [
            try pipeline.begin(
                settings, conditioning: conditioning, initialPicture: picture, mask: pixels, maskFill: fill)
        ]
        while !tasks[0].isFinished { pipeline.step(&tasks) }
        return tasks[0].latents
    }

    @Test("a mask of all is none, and of nothing leaves the picture alone")
    func extremes() throws {
        let all = try finish { _, _ in 1 }
        #expect(all.elements == (try finish(mask: nil)).elements)
        // The latents of the picture itself, which the first numbers of the seed are drawn for.
        let nothing = try finish { _, _ in 0 }
        #expect(nothing.elements == (try finish(strength: 0.2) { _, _ in 0 }).elements)
        #expect(nothing.relativeError(to: all) > 0.1)
    }

    @Test("what is kept is the picture's in every way of filling; the rest differs", arguments: MaskFill.allCases)
    func fills(_ fill: MaskFill) throws {
        let original = try finish { _, _ in 0 }
        let drawn = try finish(fill) { _, column in column < 24 ? 1 : 0 }
        let other = try finish(fill == .original ? .latentNothing : .original) { _, column in column < 24 ? 1 : 0 }
        for index in 0..<drawn.count where index / 4 % 8 >= 3 {
            #expect(drawn.elements[index] == original.elements[index])
        }
        #expect(fill == .fill || drawn.relativeError(to: other) > 0.01)
        #expect(drawn.relativeError(to: original) > 0.1)
    }

    @Test("with nothing of the picture left, all ways of filling are one")
    func fullStrength() throws {
        let pictures = try MaskFill.allCases.map { fill in
            try finish(fill, strength: 1) { row, _ in row < 32 ? 1 : 0 }.elements
        }
        #expect(pictures.allSatisfy { $0 == pictures[0] })
    }

    @Test("a latent's pixel is drawn anew where most of what it stands for is")
    func reduction() throws {
        let aligned = try finish { row, _ in row < 32 ? 1 : 0 }
        #expect(try finish { row, _ in row < 34 ? 1 : 0 }.elements == aligned.elements)
        #expect(try finish { row, _ in row < 30 ? 1 : 0 }.elements == aligned.elements)
        #expect(try finish { row, _ in row < 38 ? 1 : 0 }.elements != aligned.elements)
    }
}
