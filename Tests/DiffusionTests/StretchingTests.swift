import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("Latents are stretched as PyTorch interpolates them")
struct StretchingTests {
    @Test(
        "to more and to fewer",
        arguments: [
            ((3, 5), [1, 2.6, 5, 3.2, 2, 4, 4, 4, 4.9, 5.5, 7, 5.4, 3, 6.6, 9] as [Float]),
            (
                (4, 6),
                [
                    1, 2, 4, 4.25, 2.75, 2, 2.5, 3, 4, 4.3125, 3.9375, 3.75, 5.5, 5, 4, 4.4375, 6.3125, 7.25, 7, 6, 4,
                    4.5,
                    7.5, 9,
                ]
            ),
            ((1, 2), [4, 5.125]), ((2, 3), [1, 5, 2, 7, 3, 9]),
        ])
    func bilinear(size: (height: Int, width: Int), expected: [Float]) {
        // The same in two channels, one of them with its sign turned.
        let values: [Float] = [1, 5, 2, 7, 3, 9]
        let tensor = Tensor(values.flatMap { [$0, -$0] }, shape: [1, 2, 3, 2], on: Device(threads: 1))
        let result = tensor.stretched(height: size.height, width: size.width)
        #expect(result.shape == [1, size.height, size.width, 2])
        for (index, value) in expected.enumerated() {
            #expect(abs(result.elements[2 * index] - value) < 1e-5)
            #expect(abs(result.elements[2 * index + 1] + value) < 1e-5)
        }
    }

    @Test("a picture of another size is encoded at its own, and drawn at the size that was asked for")
    func initialPicture() throws {
        let pipeline = try DiffusionPipeline(
            folder: Fixtures.url("pipelines/sd15/model").path, device: Device(threads: 2))
        let conditioning = try pipeline.encode(prompt: "a red cat", guidanceScale: 1)
        let settings = DenoisingSettings(
            for: pipeline.description, width: 64, height: 96, steps: 3, guidanceScale: 1, sampler: .ddim, seed: 1,
            strength: 0.7)
        let picture = Tensor((0..<32 * 40 * 3).map { Float($0 % 7) / 7 }, shape: [1, 40, 32, 3], on: pipeline.device)
        var tasks = [try pipeline.begin(settings, conditioning: conditioning, initialPicture: picture)]
        #expect(tasks[0].latentShape == [1, 12, 8, 4])
        while !tasks[0].isFinished { pipeline.step(&tasks) }
        #expect(try pipeline.decode(tasks).shape == [1, 96, 64, 3])
    }
}
