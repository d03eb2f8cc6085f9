import ArgumentParser
import Diffusion
import Foundation
import Imaging
import NeuralNetwork
import Privacy
import Studio

/// `mystarion bench`: how long each stage of making a picture takes on this machine, or making one larger, or how a server
/// does under load.
struct Bench: AsyncParsableCommand, WorkingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure each stage of making pictures with a model, an upscaler, or a server under load.",
        discussion: """
            Times are medians, in milliseconds. A step is one pass of the U-net over the whole batch; its rate counts every
            convolution as if it were done directly.

            With --upscaler, pictures of random pixels are made four times as large, and the time is one picture's.

            With --server, clients send requests to a running server, each its next one when the last was answered, and
            the report has the throughput, and percentiles of the times to the first event and to the end.

            EXAMPLES
              mystarion bench
              mystarion bench --batch 4 --steps 8
              mystarion bench --model ~/models/stable-diffusion-v1-5 --size 512x512 --guidance 1 --json
              mystarion bench --upscaler realesr-animevideov3 --size 128x128
              mystarion bench --server http://127.0.0.1:8080 --clients 8 --requests 40
            """)

    @Option(help: ArgumentHelp("The model's folder, or its name in the models folder.", valueName: "dir"))
    var model: String?

    @Option(help: ArgumentHelp("Width and height in pixels. (default: the model's)", valueName: "WxH"))
    var size: PixelSize?

    @Option(help: "How many pictures share each step.")
    var batch = 1

    @Option(
        help:
            "How many steps or enlargements are measured, or each request asks for. (default: 5; the model's with --server)"
    )
    var steps: Int?

    @Option(help: "The guidance scale; above 1 the U-net sees every picture twice. (default: the model's)")
    var guidance: Float?

    @Option(help: "How many threads compute. (default: one for each processor that it may use)")
    var threads: Int?

    @Option(help: ArgumentHelp("Measure this upscaler: its name or its file.", valueName: "name"))
    var upscaler: String?

    @Option(help: ArgumentHelp("Measure the server at this address, over plain HTTP.", valueName: "url"))
    var server: ServerAddress?

    @Option(help: "With --server: how many clients send at once.")
    var clients = 1

    @Option(help: "With --server: how many requests in all. (default: 4 a client)")
    var requests: Int?

    @Option(
        help: ArgumentHelp(
            "With --server: as from how many addresses requests say they come, in X-Forwarded-For.", valueName: "n"))
    var requesters: Int?

    @Option(help: ArgumentHelp("With --server: a file with a prompt a line.", valueName: "file"))
    var promptFile: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// The largest file of prompts that is read.
    private static let mostPromptBytes = 16 << 20

    func validate() throws {
        guard (1...64).contains(batch) else { throw ValidationError("'--batch' must be from 1 to 64.") }
        guard (1...150).contains(steps ?? 1) else { throw ValidationError("'--steps' must be from 1 to 150.") }
        guard (1...10_000).contains(clients) else { throw ValidationError("'--clients' must be from 1 to 10000.") }
        guard (1...1_000_000).contains(requests ?? 1) else {
            throw ValidationError("'--requests' must be from 1 to 1000000.")
        }
        guard (1...65_536).contains(requesters ?? 1) else {
            throw ValidationError("'--requesters' must be from 1 to 65536.")
        }
        if upscaler != nil, server != nil || model != nil {
            throw ValidationError("'--upscaler' is measured without '--server' and '--model'.")
        }
        if server?.isSecure == true { throw ValidationError("'--server' is measured over plain HTTP: say http://.") }
        if let guidance, !RequestLimits().guidanceScales.contains(guidance) {
            throw ValidationError("'--guidance' must be from 0 to 50.")
        }
        if let size, !(1...16_384).contains(size.width) || !(1...16_384).contains(size.height) {
            throw ValidationError("'--size' must be from 1x1 to 16384x16384.")
        }
        if server == nil, requests != nil || requesters != nil || promptFile != nil || clients != 1 {
            throw ValidationError("'--clients', '--requests', '--requesters' and '--prompt-file' need '--server'.")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads' must be from 1 to 1024.")
        }
    }

    func run() async throws {
        if let server {
            let report = try await loadTest(of: server).run()
            return try Terminal.say(json ? try report.json : report.table)
        }
        if let upscaler {
            let report = try UpscalerReport(
                of: try InstalledUpscaler.find(upscaler), width: size?.width ?? 128, height: size?.height ?? 128,
                count: steps ?? 5, on: Device(threads: threads))
            return try Terminal.say(json ? try report.json : report.table)
        }
        let installed = try InstalledModel.find(model)
        try check(installed)
        let device = Device(threads: threads)
        Terminal.note(
            "Measuring \(installed.identifier) with \(device.threads.count) threads, \(device.instructionSet)…")
        let report: StageReport
        do {
            report = try measure(installed, on: device)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.badData, "the model in \(installed.folder) cannot be measured: \(error)")
        }
        try Terminal.say(json ? try report.json : report.table)
    }

    /// Throws what cannot be measured with a model, before its weights are read.
    private func check(_ model: InstalledModel) throws {
        let card = try model.card()
        var settings = GenerationSettings(for: card)
        settings.width = size?.width ?? settings.width
        settings.height = size?.height ?? settings.height
        settings.steps = steps ?? 5
        settings.guidanceScale = guidance ?? settings.guidanceScale
        let request = GenerationRequest(prompt: Prompt("a red heart"), settings: settings)
        do {
            try request.validate(for: card, limits: RequestLimits())
        } catch {
            throw Failure(.usage, error.message)
        }
    }

    private func loadTest(of server: ServerAddress) throws -> LoadTest {
        var settings: [String: any Sendable] = [:]
        settings["steps"] = steps
        settings["guidance_scale"] = guidance.map { Double($0) }
        settings["size"] = size.map { "\($0.width)x\($0.height)" }
        var prompts = ["red heart", "blue star icon", "smiling face emoji", "green tree"]
        if let promptFile {
            guard let bytes = try? BoundedFile.read(promptFile, atMost: Self.mostPromptBytes),
                let text = String(validating: bytes, as: UTF8.self)
            else {
                throw Failure(
                    .noInput,
                    "\(promptFile) cannot be read as UTF-8 text of at most \(Self.mostPromptBytes >> 20) MiB.")
            }
            prompts = text.split(whereSeparator: \.isNewline).map(String.init)
            guard !prompts.isEmpty else { throw Failure(.badData, "\(promptFile) holds no prompt.") }
        }
        return LoadTest(
            server: server, clients: clients, requests: requests ?? clients * 4, requesters: requesters,
            prompts: prompts, settings: settings)
    }

    private func measure(_ installed: InstalledModel, on device: Device) throws -> StageReport {
        var report = StageReport()
        let pipeline = try report.time(.load) { try DiffusionPipeline(folder: installed.folder, device: device) }
        let scale = guidance ?? pipeline.description.defaultGuidanceScale
        let needed = pipeline.workingBytes(
            width: size?.width ?? pipeline.description.nativeWidth,
            height: size?.height ?? pipeline.description.nativeHeight, batch: batch)
        guard needed <= MachineMemory.availableBytes else {
            throw Failure(
                .system,
                "\(needed >> 20) MiB of memory are needed, more than there are; choose a smaller batch or size.")
        }
        var conditioning = try pipeline.encode(prompt: "a red heart", guidanceScale: scale)
        conditioning = try report.time(.textEncode) { try pipeline.encode(prompt: "a red heart", guidanceScale: scale) }
        func begin() throws -> [DenoisingTask] {
            try (0..<batch).map { index in
                let settings = DenoisingSettings(
                    for: pipeline.description, width: size?.width, height: size?.height, steps: steps ?? 5,
                    guidanceScale: scale, seed: UInt64(index))
                return try pipeline.begin(settings, conditioning: conditioning)
            }
        }
        // The first pass, and the first decoding, take memory from the system; those after them find it ready.
        var warmUp = try begin()
        let before = device.work.operations
        pipeline.step(&warmUp)
        report.stepOperations = device.work.operations - before
        var tasks = try begin()
        while tasks.contains(where: { !$0.isFinished }) { report.time(.unetStep) { pipeline.step(&tasks) } }
        var pictures = try pipeline.decode(tasks)
        for _ in 0..<3 { pictures = try report.time(.decode) { try pipeline.decode(tasks) } }
        try report.time(.imageEncode) {
            for index in 0..<batch { _ = try PixelBuffer(pictures.samples(index..<index + 1)).encoded(as: .png) }
        }
        report.readPeakMemory()
        return report
    }
}
