import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Whole models make the pictures that diffusers makes, from the same folder, prompt and seed.
@Suite("Pipelines agree with diffusers")
struct PipelineParityTests {
    @Test(
        "every family, sampler and kind of request, latents after each step and pixels at the end",
        arguments: ["sd15", "turbo", "lcm", "sdxl", "refiner", "icons"])
    func pictures(_ model: String) throws {
        try compare("pipelines/\(model)", model: Fixtures.url("pipelines/\(model)/model"))
    }

    @Test("the bundled model, too")
    func bundledModel() throws {
        try compare("bundled", model: Fixtures.url("../../../Models/mystarion-icons").standardizedFileURL)
    }

    private func compare(_ folder: String, model: URL) throws {
        let device = Device(threads: 2)
        let pipeline = try DiffusionPipeline(folder: model.path, device: device)
        let expected = try Fixtures.weights(folder + "/expected.safetensors")
        let cases = try JSONDecoder().decode(
            [PipelineCase].self, from: Data(contentsOf: Fixtures.url(folder + "/cases.json")))
        #expect(!cases.isEmpty)
        for asked in cases {
            var tasks = try asked.tasks(pipeline, expected: expected[asked.name])
            let latents = try expected.tensor(asked.name + ".latents", on: device)
            // All steps are recorded, or the last alone.
            let first = tasks[0].totalSteps - latents.shape[0]
            #expect(first == 0 || latents.shape[0] == 1, "\(asked.name)")
            for step in 0..<tasks[0].totalSteps {
                pipeline.step(&tasks)
                guard step >= first else { continue }
                let result = Tensor.concatenatingBatch(tasks.map(\.latents)).channelsFirst()
                let reference = latents.samples(step - first..<step - first + 1)
                let error = result.relativeError(to: reference.reshaped(Array(latents.shape.dropFirst())))
                #expect(error < 1e-4, "\(asked.name) after step \(step + 1)")
            }
            try asked.expectPixels(pipeline.decode(tasks), expected: expected)
        }
    }
}

extension PipelineCase {
    /// The pictures of the case, set up, with their prompts' embeddings compared on the way.
    fileprivate func tasks(_ pipeline: DiffusionPipeline, expected: Weights) throws -> [DenoisingTask] {
        let conditioning = try pipeline.encode(
            prompt: prompt, negativePrompt: negativePrompt, guidanceScale: guidanceScale, clipSkip: clipSkip,
            syntax: syntax.flatMap(PromptSyntax.init(rawValue:)) ?? .plain)
        let image: Tensor? =
            if strength == nil { nil } else {
                try expected.bytes("image").map { $0 / 255 }
            }
        let mask = isMasked == true ? try expected.bytes("mask").map { $0 / 255 } : nil
        return try seeds.map { seed in
            let settings = DenoisingSettings(
                for: pipeline.description, width: width, height: height, steps: steps, guidanceScale: guidanceScale,
                sampler: sampler.flatMap(Sampler.init(rawValue:)), seed: seed, strength: strength ?? 1)
            return try pipeline.begin(settings, conditioning: conditioning, initialPicture: image, mask: mask)
        }
    }

    /// Pixels within 2/255 of the reference at most and 0.1/255 on average.
    fileprivate func expectPixels(_ pictures: Tensor, expected: Weights) throws {
        let reference = try expected[name].bytes("pixels")
        #expect(pictures.shape == reference.shape, "\(name)")
        let differences = zip(pictures.elements, reference.elements).map { abs(($0 * 255).rounded() - $1) }
        #expect((differences.max() ?? .infinity) <= 2, "\(name)")
        #expect(differences.reduce(0, +) / Float(max(1, differences.count)) <= 0.1, "\(name)")
    }
}

extension Weights {
    /// A tensor of bytes as numbers 0…255, which the engine never needs to read but pictures are recorded in.
    fileprivate func bytes(_ name: String) throws -> Tensor {
        let values = try withBytes(of: name) { bytes, _ in bytes.map { Float($0) } }
        return Tensor(values, shape: try #require(shape(of: name)), on: Device(threads: 1))
    }
}
