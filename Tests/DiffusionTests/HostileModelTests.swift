import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Models' folders come from strangers: what is wrong with them is said, and ends nothing else.
@Suite("Hostile models' folders")
struct HostileModelTests {
    private static let device = Device(threads: 1)

    private static func refusal(of model: ModelCopy) -> String? {
        do {
            _ = try DiffusionPipeline(folder: model.path, device: device)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "every defect is refused with the file's name and what is wrong",
        arguments: [
            Defect("sd15", "unet/config.json", Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]), "UTF-8"),
            Defect("sd15", "model_index.json", Data([0xFF, 0xFE, 0x7B, 0x00]), "model_index.json"),
            Defect(
                "sd15", "scheduler/scheduler_config.json", Data([0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D]),
                "UTF-8"),
            Defect("sd15", "tokenizer/vocab.json", Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]), "UTF-8"),
            Defect("sd15", "tokenizer/merges.txt", Data([0x61, 0x20, 0xFF]), "UTF-8"),
            Defect("sd15", "unet/config.json", #"{"act_fn":"silu","act_fn":"silu"}"#, "twice"),
            Defect("sd15", "scheduler/scheduler_config.json", #"{"beta_end":1,"beta_end":1}"#, "twice"),
            Defect("sd15", "unet/config.json", #"{"x":"# + String(repeating: "[", count: 100_000), "nested"),
            Defect("sd15", "scheduler/scheduler_config.json", String(repeating: #"{"a":"#, count: 100_000), "nested"),
            Defect("sd15", "unet/config.json", #"{"block_out_channels":[1e400]}"#, "config.json"),
            Defect("sd15", "unet/config.json", #"{"block_out_channels":[-8]}"#, "block_out_channels"),
            Defect("sd15", "unet/config.json", #"{"sample_size":99999999999999999999}"#, "sample_size"),
            Defect("sd15", "unet/config.json", "", "config.json"),
            Defect("sd15", "unet/config.json", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
            Defect("sd15", "tokenizer/vocab.json", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
            Defect("sd15", "tokenizer/merges.txt", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
            Defect("sd15", "scheduler/scheduler_config.json", "<!DOCTYPE html>", "web page"),
            Defect("sd15", "tokenizer/merges.txt", "#version: 0.2\n", "no merges"),
            Defect("sd15", "tokenizer/merges.txt", "", "no merges"),
            Defect("sd15", "tokenizer/tokenizer_config.json", #"{"model_max_length":2}"#, "model_max_length"),
            Defect(
                "sd15", "unet/diffusion_pytorch_model.safetensors",
                Data([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9]), "pickle"),
        ])
    func defects(defect: Defect) throws {
        let model = try ModelCopy(of: defect.model)
        try model.write(defect.contents, as: defect.file)
        let refusal = try #require(Self.refusal(of: model))
        #expect(refusal.contains(defect.words), "\(refusal)")
        #expect(refusal.contains(defect.file.split(separator: "/").last ?? ""), "\(refusal)")
    }

    @Test("two tokenizers that make chunks of different lengths do not go together")
    func differentLengths() throws {
        let model = try ModelCopy(of: "sdxl")
        try model.change("tokenizer_2/tokenizer_config.json") { $0["model_max_length"] = 20 }
        let refusal = try #require(Self.refusal(of: model))
        #expect(refusal.contains("20") && refusal.contains("tokens of a prompt"), "\(refusal)")
    }

    @Test("a U-net that is told more than the text encoders say is refused")
    func addedEmbedding() throws {
        let refiner = try ModelCopy(of: "refiner")
        try refiner.change("model_index.json") { $0["requires_aesthetics_score"] = false }
        #expect(try #require(Self.refusal(of: refiner)).contains("added embedding"))
        let plain = try ModelCopy(of: "sdxl")
        try plain.change("model_index.json") { $0["_class_name"] = "StableDiffusionPipeline" }
        #expect(Self.refusal(of: plain) != nil)
    }

    @Test("what is no file is refused without waiting for it", arguments: ["pipe", "folder", "device", "loop"])
    func noFiles(kind: String) throws {
        for file in [
            "model_index.json", "unet/config.json", "scheduler/scheduler_config.json", "tokenizer/vocab.json",
            "unet/diffusion_pytorch_model.safetensors",
        ] {
            let model = try ModelCopy(of: "sd15")
            let path = "\(model.path)/\(file)"
            try FileManager.default.removeItem(atPath: path)
            switch kind {
            case "pipe": #expect(mkfifo(path, 0o600) == 0)
            case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            case "device": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
            default: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
            }
            #expect(Self.refusal(of: model) != nil, "\(file)")
        }
    }

    @Test(
        "damaged values are refused or run, and end nothing",
        arguments: ["sd15", "turbo", "lcm", "sdxl", "refiner", "icons"])
    func damagedValues(name: String) throws {
        var random = SeededNumbers(state: 11)
        let model = try ModelCopy(of: name)
        let files = model.jsonFiles
        for _ in 0..<40 {
            guard let file = files.randomElement(using: &random) else { return }
            let before = try model.contents(of: file)
            var json = try JSONSerialization.jsonObject(with: before)
            damage(&json, &random)
            try model.write(JSONSerialization.data(withJSONObject: json, options: .fragmentsAllowed), as: file)
            if let pipeline = try? DiffusionPipeline(folder: model.path, device: Self.device) {
                try? draw(with: pipeline)
            }
            try model.write(before, as: file)
        }
    }

    /// A small picture in two steps.
    private func draw(with pipeline: DiffusionPipeline) throws {
        let side = max(16, pipeline.description.sizeMultiple)
        guard side <= 64 else { return }
        let conditioning = try pipeline.encode(prompt: "red heart", negativePrompt: "blue", guidanceScale: 3)
        let settings = DenoisingSettings(
            for: pipeline.description, width: side, height: side, steps: 2, guidanceScale: 3, seed: 1)
        var tasks = [try pipeline.begin(settings, conditioning: conditioning)]
        while !tasks[0].isFinished { pipeline.step(&tasks) }
        _ = try pipeline.decode(tasks)
    }

    /// Changes one value somewhere in a JSON text.
    private func damage(_ json: inout Any, _ random: inout SeededNumbers) {
        let values: [Any] = [
            0, 1, -1, 2, 3, 7, 77, 1000, 8192, 1 << 31, Int.max, Int.min, 0.5, 1e300, -1e-300, true, false, NSNull(),
            "",
            "silu", "epsilon", "\u{0}", [Int](), [0], [1, 1, 1, 1, 1, 1, 1, 1, 1], [String: Int](),
        ]
        func other() -> Any { values.randomElement(using: &random) ?? 0 }
        if var object = json as? [String: Any], let key = object.keys.sorted().randomElement(using: &random),
            var value = object[key]
        {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: object[key] = nil
            case 1...4 where value is [Any] || value is [String: Any]:
                damage(&value, &random)
                object[key] = value
            default: object[key] = other()
            }
            json = object
        } else if var array = json as? [Any], let index = array.indices.randomElement(using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: array.remove(at: index)
            case 1: array.append(array[index])
            default: array[index] = other()
            }
            json = array
        } else {
            json = other()
        }
    }
}

extension HostileModelTests {
    /// A file of a model that holds something else, and what is said of it.
    struct Defect: Sendable, CustomTestStringConvertible {
        let model: String
        let file: String
        let contents: Data
        let words: String

        init(_ model: String, _ file: String, _ contents: Data, _ words: String) {
            (self.model, self.file, self.contents, self.words) = (model, file, contents, words)
        }

        init(_ model: String, _ file: String, _ contents: String, _ words: String) {
            self.init(model, file, Data(contents.utf8), words)
        }

        var testDescription: String { "\(file): \(words)" }
    }
}

/// A copy of one of the small models, which goes when the test ends.
private final class ModelCopy {
    let path = FileManager.default.temporaryDirectory.appending(path: "mystarion-\(UUID().uuidString)").path

    init(of name: String) throws {
        try FileManager.default.copyItem(atPath: Fixtures.url("pipelines/\(name)/model").path, toPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The small JSON files, in the same order every time.
    var jsonFiles: [String] {
        (FileManager.default.subpaths(atPath: path) ?? []).filter {
            $0.hasSuffix(".json") && !$0.hasSuffix("vocab.json")
        }
        .sorted()
    }

    func contents(of file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")) }

    func write(_ contents: Data, as file: String) throws {
        // A new file: the old one may be mapped.
        try? FileManager.default.removeItem(atPath: "\(path)/\(file)")
        try contents.write(to: URL(fileURLWithPath: "\(path)/\(file)"))
    }

    func change(_ file: String, _ body: (inout [String: Any]) -> Void) throws {
        var object = try #require(JSONSerialization.jsonObject(with: contents(of: file)) as? [String: Any])
        body(&object)
        try write(JSONSerialization.data(withJSONObject: object), as: file)
    }
}

/// SplitMix64: the same numbers every time.
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
