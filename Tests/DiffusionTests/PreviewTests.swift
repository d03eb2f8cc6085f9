import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("Previews show where a picture is going")
struct PreviewTests {
    @Test("the bundled model's come nearer to its picture, and the last is like it")
    func sharpening() throws {
        let folder = Fixtures.url("../../../Models/mystarion-icons").standardizedFileURL
        let pipeline = try DiffusionPipeline(folder: folder.path, device: Device(threads: 2))
        for (prompt, seed) in [("red heart", 1), ("blue star", 2), ("green tree", 3)] as [(String, UInt64)] {
            let settings = DenoisingSettings(for: pipeline.description, steps: 12, seed: seed)
            let conditioning = try pipeline.encode(prompt: prompt, guidanceScale: settings.guidanceScale)
            var tasks = [try pipeline.begin(settings, conditioning: conditioning)]
            var previews: [Tensor] = []
            while !tasks[0].isFinished {
                pipeline.step(&tasks)
                previews.append(pipeline.preview(of: tasks[0]))
            }
            let picture = try pipeline.decode(tasks)
            let errors = previews.map { meanDifference($0, picture) }
            #expect(previews.allSatisfy { $0.shape == [1, 128, 128, 3] })
            #expect(try #require(errors.last) < 1e-6)
            // Of a third of the steps and more, each preview is about as near as the one before, or nearer.
            for (before, after) in zip(errors.dropFirst(3), errors.dropFirst(4)) { #expect(after < before + 0.02) }
            #expect(try #require(errors.last) < 0.6 * (try #require(errors.first)))
        }
    }

    @Test("a light autoencoder's are decoded in full")
    func light() throws {
        let pipeline = try DiffusionPipeline(
            folder: Fixtures.url("pipelines/turbo/model").path, device: Device(threads: 2))
        let settings = DenoisingSettings(
            for: pipeline.description, width: 64, height: 64, steps: 1, guidanceScale: 1, seed: 1)
        let conditioning = try pipeline.encode(prompt: "cat", guidanceScale: 1)
        var tasks = [try pipeline.begin(settings, conditioning: conditioning)]
        pipeline.step(&tasks)
        let picture = try pipeline.decode(tasks)
        #expect(pipeline.preview(of: tasks[0]).relativeError(to: picture) < 1e-6)
    }

    @Test("a linear autoencoder's have its colours")
    func linear() throws {
        let device = Device(threads: 2)
        let autoencoder = LinearAutoencoder(device: device)
        let preview = LatentPreview(fittedTo: autoencoder, on: device)
        var random = TorchRandomSource(seed: 3)
        let colours = Tensor(random.uniform(6 * 5 * 3).map { 0.3 + 0.4 * $0 }, shape: [1, 6, 5, 3], on: device)
        let picture = colours.upsampledNearest(height: 24, width: 20)
        let latents =
            autoencoder.scalingFactor
            * autoencoder.encode(picture.map { $0 * 2 - 1 }) { Tensor(shape: [1, 6, 5, 4], on: device) }
        let drawn = preview(latents)
        #expect(drawn.shape == [1, 24, 20, 3])
        // Within a block it is smooth, which is what pictures are; its mean is the block's.
        #expect(meanDifference(colours, drawn) < 0.01)
    }

    @Test(
        "every sampler's expectation at the last step is the picture that it makes",
        arguments: [Sampler.ddim, .euler, .dpmSolver2M, .uniPC])
    func expectation(_ sampler: Sampler) throws {
        let pipeline = try DiffusionPipeline(
            folder: Fixtures.url("pipelines/sd15/model").path, device: Device(threads: 2))
        var settings = DenoisingSettings(
            for: pipeline.description, width: 64, height: 64, steps: 6, guidanceScale: 1, seed: 1)
        settings.sampler = sampler
        let conditioning = try pipeline.encode(prompt: "cat", guidanceScale: 1)
        var tasks = [try pipeline.begin(settings, conditioning: conditioning)]
        var errors: [Double] = []
        var previews: [Tensor] = []
        while !tasks[0].isFinished {
            pipeline.step(&tasks)
            previews.append(pipeline.preview(of: tasks[0]))
        }
        for preview in previews { errors.append(preview.relativeError(to: previews[previews.count - 1])) }
        #expect(errors[4] < errors[0])
        #expect(tasks[0].isFinite)
    }

    /// The mean difference between a preview and a picture's means over the blocks that its pixels stand for.
    private func meanDifference(_ preview: Tensor, _ picture: Tensor) -> Float {
        let (height, width, side) = (preview.shape[1], preview.shape[2], picture.shape[1] / preview.shape[1])
        let (small, large) = (preview.elements, picture.elements)
        var sum: Float = 0
        for index in small.indices {
            let (channel, x, y) = (index % 3, index / 3 % width, index / 3 / width)
            var block: Float = 0
            for dy in 0..<side {
                for dx in 0..<side { block += large[((y * side + dy) * width * side + x * side + dx) * 3 + channel] }
            }
            sum += abs(small[index] - block / Float(side * side))
        }
        return sum / Float(height * width * 3)
    }
}

/// Blocks of 4×4 pixels whose mean colours, mixed, are the latents, and which are all that a picture is made of again.
private struct LinearAutoencoder: Autoencoder {
    let device: Device
    let scalingFactor: Float = 0.5
    let scale = 4
    let latentChannels = 4
    let isLight = false

    func encode(_ pictures: Tensor, noise: () -> Tensor) -> Tensor {
        let (height, width) = (pictures.shape[1] / 4, pictures.shape[2] / 4)
        var latents = Tensor(shape: [1, height, width, 4], on: device)
        latents.withMutableElements { latents in
            pictures.withElements { pictures in
                for pixel in 0..<height * width {
                    let block = (0..<48).map { index in
                        let (y, x) = (pixel / width * 4 + index / 12, pixel % width * 4 + index / 3 % 4)
                        return (channel: index % 3, value: pictures[(y * width * 4 + x) * 3 + index % 3])
                    }
                    let mean = (0..<3).map { channel in
                        block.reduce(0) { $0 + ($1.channel == channel ? $1.value : 0) } / 16
                    }
                    latents[pixel * 4] = mean[0] + mean[1]
                    latents[pixel * 4 + 1] = mean[1] - mean[2]
                    latents[pixel * 4 + 2] = 2 * mean[2]
                    latents[pixel * 4 + 3] = mean[0]
                }
            }
        }
        return latents
    }

    func decode(_ latents: Tensor) -> Tensor { latents }
}
