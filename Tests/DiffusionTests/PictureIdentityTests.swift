import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// One seed is one picture: equal latents and pixels, to the bit, alone or in company, on any number of threads.
@Suite("A seed's picture does not depend on who shares its steps")
struct PictureIdentityTests {
    private static let bundled = Fixtures.url("../../../Models/mystarion-icons").standardizedFileURL

    private static func folder(_ model: String) -> URL {
        model == "bundled" ? bundled : Fixtures.url("pipelines/\(model)/model")
    }

    /// What one picture is asked for.
    private struct Order {
        let prompt: String
        let seed: UInt64
        let steps: Int
        let guidanceScale: Float
        let sampler: Sampler?
        var strength: Float = 1
        var isMasked = false
    }

    /// Pictures of every kind that a model can share steps between.
    private static func orders(_ pipeline: DiffusionPipeline) -> [Order] {
        let samplers = pipeline.description.samplers
        let guided = max(3, pipeline.description.defaultGuidanceScale)
        return (0..<10).map { index in
            Order(
                prompt: index % 3 == 0 ? "a red cat" : "the dog", seed: UInt64(index), steps: 3 + index % 2,
                guidanceScale: index % 4 == 3 ? 1 : guided,
                sampler: index % 5 == 0 ? nil : samplers[index % samplers.count],
                strength: index % 3 == 2 ? 0.7 : 1, isMasked: index % 6 == 5)
        }
    }

    private static func task(_ order: Order, _ pipeline: DiffusionPipeline) throws -> DenoisingTask {
        let conditioning = try pipeline.encode(
            prompt: order.prompt, negativePrompt: "snow", guidanceScale: order.guidanceScale)
        let settings = DenoisingSettings(
            for: pipeline.description, steps: order.steps, guidanceScale: order.guidanceScale, sampler: order.sampler,
            seed: order.seed, strength: order.strength)
        let shape = [1, settings.height, settings.width]
        func picture(_ channels: Int) -> Tensor {
            let count = settings.height * settings.width * channels
            return Tensor((0..<count).map { Float($0 % 251) / 250 }, shape: shape + [channels], on: pipeline.device)
        }
        return try pipeline.begin(
            settings, conditioning: conditioning, initialPicture: order.strength < 1 ? picture(3) : nil,
            mask: order.isMasked ? picture(1) : nil)
    }

    /// The latents and pixels of pictures that share their steps, those of each beginning one step after the one before.
    private static func together(_ orders: ArraySlice<Order>, _ pipeline: DiffusionPipeline) throws -> [[Float]] {
        var waiting = orders
        var tasks: [DenoisingTask] = []
        while !waiting.isEmpty || tasks.contains(where: { !$0.isFinished }) {
            if let next = waiting.popFirst() { tasks.append(try task(next, pipeline)) }
            let unfinished = tasks.indices.filter { !tasks[$0].isFinished }
            var sharing = unfinished.map { tasks[$0] }
            pipeline.step(&sharing)
            for (index, task) in zip(unfinished, sharing) { tasks[index] = task }
        }
        return try tasks.map { try $0.latents.elements + pipeline.decode([$0]).elements }
    }

    @Test(
        "in company of 1 to 10, on 1 and 2 threads", arguments: ["sd15", "turbo", "lcm", "sdxl", "icons", "bundled"])
    func company(_ model: String) throws {
        let single = try DiffusionPipeline(folder: Self.folder(model).path, device: Device(threads: 1))
        let orders = Self.orders(single)
        let alone = try orders.indices.map { try Self.together(orders[$0...$0], single)[0] }
        #expect(Set(alone).count == alone.count, "\(model)")
        for threads in [1, 2] {
            let pipeline = try DiffusionPipeline(folder: Self.folder(model).path, device: Device(threads: threads))
            for count in [1, 2, 3, 7, 10] {
                let pictures = try Self.together(orders[..<count], pipeline)
                for (index, picture) in pictures.enumerated() {
                    let isSame = picture == alone[index]
                    #expect(isSame, "\(model): \(index) of \(count), \(threads) threads")
                }
            }
        }
    }
}
