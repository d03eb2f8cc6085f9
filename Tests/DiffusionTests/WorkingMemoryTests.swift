import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// The estimate that requests are refused by is compared with what the pool of a fresh device held at its peak.
@Suite("The estimate of memory is never below what is held, nor far above it")
struct WorkingMemoryTests {
    @Test(
        "for every family, with an initial picture and guidance",
        arguments: ["sd15", "turbo", "lcm", "sdxl", "refiner", "icons"])
    func families(_ model: String) throws {
        try check(Fixtures.url("pipelines/\(model)/model"), width: 64, height: 64, batch: 1)
        try check(Fixtures.url("pipelines/\(model)/model"), width: 96, height: 64, batch: 3)
    }

    @Test("for the bundled model, from small to large", arguments: [(128, 128, 1), (128, 128, 8), (1024, 768, 1)])
    func bundled(width: Int, height: Int, batch: Int) throws {
        let folder = Fixtures.url("../../../Models/mystarion-icons").standardizedFileURL
        try check(folder, width: width, height: height, batch: batch)
    }

    private func check(_ folder: URL, width: Int, height: Int, batch: Int) throws {
        let device = Device(threads: 2)
        let pipeline = try DiffusionPipeline(folder: folder.path, device: device)
        let before = device.memory.heldBytes
        device.memory.resetPeak()
        let picture = Tensor(0.5, shape: [1, height, width, 3], on: device)
        var tasks = try (0..<batch).map { number in
            let conditioning = try pipeline.encode(prompt: "a red cat", guidanceScale: 7.5)
            let settings = DenoisingSettings(
                for: pipeline.description, width: width, height: height, steps: 4, guidanceScale: 7.5,
                seed: UInt64(number), strength: 0.5)
            return try pipeline.begin(settings, conditioning: conditioning, initialPicture: picture)
        }
        pipeline.step(&tasks)
        _ = try pipeline.decode([tasks[0]])
        let held = device.memory.peakBytes - before
        let estimate = pipeline.workingBytes(width: width, height: height, batch: batch)
        #expect(estimate >= held)
        #expect(estimate <= 2 * held)
    }
}
