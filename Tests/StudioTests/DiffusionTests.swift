import Diffusion
import Foundation
import Imaging
import NeuralNetwork
import Privacy
import Studio
import Synchronization
import TestSupport
import Testing

/// Requests to small real models, whose pictures diffusers made too (Tests/Fixtures/parts/pipelines.py).
@Suite("A studio around a real model", .timeLimit(.minutes(2)))
struct DiffusionTests {
    private static func folder(_ model: String) -> URL { Fixtures.url("pipelines/\(model)") }

    private static func studio(_ model: String, device: Device = Device()) throws -> Studio {
        var limits = RequestLimits()
        limits.sides = 16...256
        return Studio(
            engine: try DiffusionPipeline(folder: folder(model).appendingPathComponent("model").path, device: device),
            configuration: StudioConfiguration(maximumBatch: 3, limits: limits))
    }

    private static func samples(_ model: String) throws -> [PipelineCase] {
        try JSONDecoder().decode(
            [PipelineCase].self, from: Data(contentsOf: folder(model).appendingPathComponent("cases.json")))
    }

    @Test("makes the pictures that diffusers makes, whoever shares the steps", arguments: ["icons", "sd15", "sdxl"])
    func parity(_ model: String) async throws {
        let expected = try Weights(file: Self.folder(model).appendingPathComponent("expected.safetensors").path)
        let studio = try Self.studio(model)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sample in try Self.samples(model) where !sample.prompt.isEmpty {
                group.addTask {
                    let initial = try sample.strength.map { _ in try expected.picture(sample.name + ".image") }
                    let mask = sample.isMasked == true ? try expected.picture(sample.name + ".mask") : nil
                    let pictures = try await studio.generate(
                        sample.request(for: studio.model, initial: initial, mask: mask))
                    #expect(pictures.map(\.seed) == sample.seeds)
                    let bytes = pictures.flatMap { $0.take()?.withUnsafeBytes { Array($0) } ?? [] }
                    let reference = try expected.picture(sample.name + ".pixels").bytes
                    #expect(bytes.count == reference.count, "\(sample.name)")
                    // Outside a mask the studio keeps the picture's own pixels, and diffusers what it decodes.
                    let differences = zip(bytes, reference).enumerated().map { index, pair in
                        let isKept = mask.map { $0.bytes[index / 3 % $0.bytes.count] == 0 } ?? false
                        let wanted = isKept ? initial.map { $0.bytes[index % $0.bytes.count] } : pair.1
                        return abs(Int(pair.0) - Int(wanted ?? 0))
                    }
                    #expect((differences.max() ?? 255) <= 2, "\(sample.name)")
                }
            }
            try await group.waitForAll()
        }
        #expect(studio.load == (0, 0))
    }

    @Test("leaves no memory of a request unerased when it answers the last one")
    func nothingIdles() async throws {
        let device = Device()
        let studio = try Self.studio("icons", device: device)
        for sample in try Self.samples("icons").prefix(2) {
            _ = try await studio.generate(sample.request(for: studio.model))
            #expect(device.memory.unerasedBytes == 0)
            #expect(device.memory.idleBytes <= MemoryPool.idleBytesKept)
        }
    }

    @Test("says what this model cannot do")
    func refusals() async throws {
        let studio = try Self.studio("sd15")
        var settings = GenerationSettings(for: studio.model)
        (settings.width, settings.height, settings.clipSkip) = (64, 64, 11)
        try await expectRefusal(of: .clipSkip, .outOfRange, settings, by: studio)
        settings.clipSkip = 0
        settings.sampler = "flow-euler"
        try await expectRefusal(of: .sampler, .unknownSampler, settings, by: studio)
    }

    @Test(
        "charges and counts as many steps as the denoiser is asked",
        arguments: [("euler", 4), ("heun", 7), ("pndm", 5)])
    func evaluations(sampler: String, evaluations: Int) async throws {
        let studio = try Self.studio("sd15")
        var settings = GenerationSettings(for: studio.model)
        (settings.width, settings.height, settings.steps, settings.sampler) = (64, 64, 4, sampler)
        var request = GenerationRequest(prompt: Prompt("a cat"), settings: settings)
        let purse = Purse()
        let record = Mutex<[String]>([])
        request.charge = purse
        _ = try await studio.generate(request) { event in
            if case .step(let completed, let total, _) = event {
                record.withLock { $0.append("\(completed)/\(total)") }
            }
        }
        #expect(purse.taken.withLock { $0 } == [64 * 64 * evaluations])
        #expect(record.withLock { $0 } == (1...evaluations).map { "\($0)/\(evaluations)" })
    }

    private final class Purse: RequestCharge {
        let taken = Mutex<[Int]>([])

        func take(steps: Int, images: Int) -> Int? {
            taken.withLock { $0.append(steps) }
            return nil
        }

        func refund(part: Double, wasBegun: Bool) {}
    }

    @Test("refuses a schedule that the model's own scheduler does not take, before it is queued")
    func ownSchedule() async throws {
        let studio = try Self.studio("sd15")
        var settings = GenerationSettings(for: studio.model)
        (settings.width, settings.height, settings.sampler, settings.schedule) = (64, 64, nil, "karras")
        try await expectRefusal(of: .schedule, .unsuitable, settings, by: studio)
    }

    private func expectRefusal(
        of parameter: RequestError.Parameter, _ code: RequestError.Code, _ settings: GenerationSettings,
        by studio: Studio
    ) async throws {
        do throws(StudioError) {
            _ = try await studio.generate(GenerationRequest(prompt: Prompt("a cat"), settings: settings))
            Issue.record("the request was not refused")
        } catch .invalid(let error) {
            #expect(error.parameter == parameter && error.code == code)
        }
    }
}

extension PipelineCase {
    /// The request as a client of the studio makes it.
    fileprivate func request(
        for model: ModelCard, initial: (shape: [Int], bytes: [UInt8])? = nil,
        mask: (shape: [Int], bytes: [UInt8])? = nil
    ) -> GenerationRequest {
        var settings = GenerationSettings(for: model)
        (settings.width, settings.height, settings.steps) = (width, height, steps)
        settings.guidanceScale = guidanceScale
        settings.sampler = sampler
        settings.seed = seeds.first
        settings.count = seeds.count
        settings.clipSkip = clipSkip
        settings.strength = strength ?? settings.strength
        settings.promptSyntax = syntax.flatMap(PromptSyntax.init(rawValue:)) ?? .plain
        settings.maskBlur = 0
        var request = GenerationRequest(
            prompt: Prompt(prompt), negativePrompt: Prompt(negativePrompt), settings: settings)
        if let initial { request.initialPicture = Self.pixels(initial) }
        if let mask { request.mask = Self.pixels(mask) }
        return request
    }

    private static func pixels(_ picture: (shape: [Int], bytes: [UInt8])) -> PixelBuffer {
        PixelBuffer(
            width: picture.shape[2], height: picture.shape[1], channels: picture.shape[3], bytes: picture.bytes)
    }
}

extension Weights {
    /// A recorded picture of bytes.
    fileprivate func picture(_ name: String) throws -> (shape: [Int], bytes: [UInt8]) {
        (try #require(shape(of: name)), try withBytes(of: name) { bytes, _ in bytes.map { UInt8($0) } })
    }
}
