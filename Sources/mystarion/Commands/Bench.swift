import ArgumentParser
import Diffusion
import Foundation
import Imaging
import NeuralNetwork
import Studio

/// `mystarion bench`: how long each stage of making a picture takes on this machine.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure each stage of making pictures with a model.",
        discussion: """
            Times are medians, in milliseconds. A step is one pass of the U-net over the whole batch.

            EXAMPLES
              mystarion bench
              mystarion bench --batch 4 --steps 8
              mystarion bench --model ~/models/stable-diffusion-v1-5 --size 512x512 --guidance 1 --json
            """)

    @Option(help: ArgumentHelp("The model's folder, or its name in the models folder.", valueName: "dir"))
    var model: String?

    @Option(help: ArgumentHelp("Width and height in pixels. (default: the model's)", valueName: "WxH"))
    var size: PixelSize?

    @Option(help: "How many pictures share each step.")
    var batch = 1

    @Option(help: "How many steps are measured.")
    var steps = 5

    @Option(help: "The guidance scale; above 1 the U-net sees every picture twice. (default: the model's)")
    var guidance: Float?

    @Option(help: "How many threads compute. (default: all processors)")
    var threads: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...64).contains(batch) else { throw ValidationError("'--batch' must be from 1 to 64.") }
        guard (1...150).contains(steps) else { throw ValidationError("'--steps' must be from 1 to 150.") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads' must be from 1 to 1024.")
        }
    }

    func run() throws {
        let installed = try InstalledModel.find(model)
        let device = Device(threads: threads)
        Terminal.note(
            "Measuring \(installed.identifier) with \(device.threads.count) threads, \(device.instructionSet)…")
        do {
            let report = try measure(installed, on: device)
            Terminal.say(json ? try report.json : report.table)
        } catch {
            throw Failure(.badData, "the model in \(installed.folder) cannot be measured: \(error)")
        }
    }

    private func measure(_ installed: InstalledModel, on device: Device) throws -> StageReport {
        var report = StageReport()
        let pipeline = try report.time(.load) { try DiffusionPipeline(folder: installed.folder, device: device) }
        let scale = guidance ?? pipeline.description.defaultGuidanceScale
        var conditioning = try pipeline.encode(prompt: "a red heart", guidanceScale: scale)
        conditioning = try report.time(.textEncode) { try pipeline.encode(prompt: "a red heart", guidanceScale: scale) }
        func begin() throws -> [DenoisingTask] {
            try (0..<batch).map { index in
                let settings = DenoisingSettings(
                    for: pipeline.description, width: size?.width, height: size?.height, steps: steps,
                    guidanceScale: scale, seed: UInt64(index))
                return try pipeline.begin(settings, conditioning: conditioning)
            }
        }
        // The first pass takes memory from the system; those after it find it ready.
        var warmUp = try begin()
        pipeline.step(&warmUp)
        var tasks = try begin()
        while tasks.contains(where: { !$0.isFinished }) { report.time(.unetStep) { pipeline.step(&tasks) } }
        let pictures = try report.time(.decode) { try pipeline.decode(tasks) }
        try report.time(.imageEncode) {
            for index in 0..<batch { _ = try PixelBuffer(pictures.samples(index..<index + 1)).encoded(as: .png) }
        }
        report.readPeakMemory()
        return report
    }
}
