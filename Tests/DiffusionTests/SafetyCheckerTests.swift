import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("A model's safety checker is run and honoured")
struct SafetyCheckerTests {
    private let device = Device(threads: 2)

    @Test("it prepares, embeds and judges pictures as diffusers does")
    func parity() throws {
        let folder = ComponentFolder(Fixtures.url("safety_checker").path)
        let checker = try SafetyChecker(
            folder: folder.folder("safety_checker"), featureExtractor: folder.folder("feature_extractor"), on: device)
        let expected = try Fixtures.weights("safety_checker/expected.safetensors")
        let answers = try expected.withBytes(of: "unsuitable") { bytes, _ in bytes.map { $0 == 1 } }
        #expect(answers.contains(true) && answers.contains(false))
        for (number, isUnsuitable) in answers.enumerated() {
            let picture = try picture(number, in: expected)
            let prepared = checker.prepared(picture)
            let reference = try expected.tensor("\(number).prepared", on: device).channelsLast()
            #expect(prepared.relativeError(to: reference) < 1e-5, "picture \(number)")
            let embedding = Tensor(checker.embedding(of: prepared), shape: [1, 12], on: device)
            #expect(
                embedding.relativeError(to: try expected.tensor("\(number).embedding", on: device)) < 1e-4,
                "picture \(number)")
            #expect(checker.isUnsuitable(picture) == isUnsuitable, "picture \(number)")
        }
    }

    @Test("a model's folder has it, names none, or has left it out")
    func folders() throws {
        let expected = try Fixtures.weights("safety_checker/expected.safetensors")
        let answers = try expected.withBytes(of: "unsuitable") { bytes, _ in bytes.map { $0 == 1 } }
        let unsuitable = try picture(try #require(answers.firstIndex(of: true)), in: expected)
        let suitable = try picture(try #require(answers.firstIndex(of: false)), in: expected)

        let checked = try ModelFolder(naming: "StableDiffusionSafetyChecker")
        try checked.copy("safety_checker")
        try checked.copy("feature_extractor")
        let pipeline = try checked.pipeline(on: device)
        #expect(pipeline.description.hasSafetyChecker)
        #expect(pipeline.isUnsuitable(unsuitable))
        #expect(!pipeline.isUnsuitable(suitable))

        for folder in [try ModelFolder(naming: nil), try ModelFolder(naming: "StableDiffusionSafetyChecker")] {
            let pipeline = try folder.pipeline(on: device)
            #expect(!pipeline.description.hasSafetyChecker)
            #expect(!pipeline.isUnsuitable(unsuitable))
        }
    }

    @Test("one that cannot be loaded is an error, never left out")
    func broken() throws {
        let withoutProcessor = try ModelFolder(naming: "StableDiffusionSafetyChecker")
        try withoutProcessor.copy("safety_checker")
        #expect(throws: ConfigurationError.self) { try withoutProcessor.pipeline(on: device) }

        let withoutWeights = try ModelFolder(naming: "StableDiffusionSafetyChecker")
        try withoutWeights.copy("safety_checker")
        try withoutWeights.copy("feature_extractor")
        try FileManager.default.removeItem(
            at: withoutWeights.url.appendingPathComponent("safety_checker/model.safetensors"))
        #expect(throws: SafetensorsError.self) { try withoutWeights.pipeline(on: device) }

        let unknown = try ModelFolder(naming: "AnotherChecker")
        try unknown.copy("safety_checker")
        #expect(throws: ConfigurationError.self) { try unknown.pipeline(on: device) }
    }

    private func picture(_ number: Int, in expected: Weights) throws -> Tensor {
        let shape = try #require(expected.shape(of: "\(number).picture"))
        let bytes = try expected.withBytes(of: "\(number).picture") { bytes, _ in bytes.map { Float($0) / 255 } }
        return Tensor(bytes, shape: shape, on: device)
    }

    /// A copy of a small model, with a safety checker named in its index, or null there; removed at the end.
    private final class ModelFolder {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

        init(naming className: String?) throws {
            try FileManager.default.copyItem(at: Fixtures.url("pipelines/sd15/model"), to: url)
            let index = url.appendingPathComponent("model_index.json")
            var entries = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: index)) as? [String: any Sendable])
            let entry: [any Sendable] = className.map { ["stable_diffusion", $0] } ?? [NSNull(), NSNull()]
            entries["safety_checker"] = entry
            try JSONSerialization.data(withJSONObject: entries).write(to: index)
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func copy(_ name: String) throws {
            try FileManager.default.copyItem(
                at: Fixtures.url("safety_checker/\(name)"), to: url.appendingPathComponent(name))
        }

        func pipeline(on device: Device) throws -> DiffusionPipeline {
            try DiffusionPipeline(folder: url.path, device: device)
        }
    }
}
