import Diffusion
import Foundation
import Testing

@Suite("Configuration files")
struct ConfigurationTests {
    @Test("a model's index names its pipeline and its parts, without those that are null")
    func modelIndex() throws {
        let index: ModelIndex = try decode(ConfigurationTexts.index15)
        #expect(index.pipelineClass == .stableDiffusion && !index.pipelineClass.isXL)
        #expect(index.components["unet"]?.library == "diffusers")
        #expect(index.components["unet"]?.className == "UNet2DConditionModel")
        #expect(index.components["safety_checker"] == nil)
        #expect(index.components.count == 6)
        #expect(try index.requireComponent("vae", oneOf: ["AutoencoderKL", "AutoencoderTiny"]) == "AutoencoderKL")
        let refiner: ModelIndex = try decode(ConfigurationTexts.indexRefiner)
        #expect(refiner.pipelineClass.isXL && refiner.requiresAestheticsScore && !refiner.forcesZerosForEmptyPrompt)
        #expect(refiner.components["text_encoder"] == nil)
    }

    @Test("a model of another kind, or with a part of another kind, is refused")
    func unsupportedModels() throws {
        let flux = try #require(refusal(of: ModelIndex.self, #"{"_class_name": "FluxPipeline"}"#))
        #expect(flux.key == "_class_name" && flux.problem == .unsupported && flux.found == #""FluxPipeline""#)
        let nameless = try #require(refusal(of: ModelIndex.self, "{}"))
        #expect(nameless.key == "_class_name" && nameless.problem == .missingKey)
        let broken = try #require(
            refusal(of: ModelIndex.self, #"{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers"]}"#))
        #expect(broken.key == "unet" && broken.problem == .wrongType)
        let index: ModelIndex = try decode(ConfigurationTexts.index15)
        #expect(throws: ConfigurationError.self) { try index.requireComponent("unet", oneOf: ["Other"]) }
        #expect(throws: ConfigurationError.self) { try index.requireComponent("text_encoder_2", oneOf: ["Any"]) }
    }

    @Test("a model's own suggestions are all optional, and checked when they are there")
    func suggestions() throws {
        let none: BundledDefaults = try decode("{}")
        #expect(none == BundledDefaults())
        let some: BundledDefaults = try decode(
            """
            {"name": "Icons", "description": "Small icons.", "width": 64, "height": 64, "steps": 20,
             "guidance_scale": 4, "sampler": "dpm++-2m", "suggested_prompts": ["a red apple"],
             "prompt_language": "en",
             "styles": [{"name": "Icon", "prompt": "{prompt} icon"},
                        {"name": "Ink", "prompt": "ink of {prompt}", "negative": "colour"}]}
            """)
        #expect(some.name == "Icons" && some.steps == 20 && some.guidanceScale == 4)
        #expect(some.suggestedPrompts == ["a red apple"] && some.promptLanguage == "en")
        #expect(
            some.styles == [
                PromptStyle(name: "Icon", prompt: "{prompt} icon"),
                PromptStyle(name: "Ink", prompt: "ink of {prompt}", negativePrompt: "colour"),
            ])
        for (text, key) in [
            (#"{"steps": 0}"#, "steps"), (#"{"guidance_scale": 51}"#, "guidance_scale"), (#"{"name": 1}"#, "name"),
            (#"{"suggested_prompts": [1]}"#, "suggested_prompts"), (#"{"width": -64}"#, "width"),
            (#"{"styles": {}}"#, "styles"), (#"{"styles": [{"name": "a", "prompt": "no place"}]}"#, "styles"),
            (#"{"styles": [{"name": "", "prompt": "{prompt}"}]}"#, "styles"),
            (#"{"styles": [{"name": "a", "prompt": "{prompt} {prompt}"}]}"#, "styles"),
            (#"{"styles": [{"name": "a", "prompt": "{prompt}", "weight": 1}]}"#, "styles"),
            (#"{"styles": [{"name": "a", "prompt": "{prompt}"}, {"name": "a", "prompt": "{prompt}"}]}"#, "styles"),
        ] {
            #expect(refusal(of: BundledDefaults.self, text)?.key == key)
        }
    }

    @Test("a missing file, a folder in its place, a huge file and broken JSON are told apart")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/folder.json", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let huge = Data(repeating: UInt8(ascii: " "), count: ComponentFolder.largestConfiguration + 1)
        try huge.write(to: URL(fileURLWithPath: path + "/huge.json"))
        try Data("{\n  \"steps\": 4,\n  \"name\" \"x\"\n}".utf8).write(to: URL(fileURLWithPath: path + "/broken.json"))
        try Data([0x7B, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: path + "/bytes.json"))
        try Data("[]".utf8).write(to: URL(fileURLWithPath: path + "/list.json"))
        try Data().write(to: URL(fileURLWithPath: path + "/empty.json"))
        try Data("{\"steps\": 4}".utf8).write(to: URL(fileURLWithPath: path + "/good.json"))
        try FileManager.default.createSymbolicLink(
            atPath: path + "/link.json", withDestinationPath: path + "/good.json")

        let folder = ComponentFolder(path)
        for (name, problem) in [
            ("absent.json", ConfigurationError.Problem.missingFile), ("folder.json", .unreadableFile),
            ("huge.json", .fileTooLarge), ("broken.json", .invalidJSON), ("bytes.json", .invalidJSON),
            ("list.json", .invalidJSON), ("empty.json", .invalidJSON),
        ] {
            let error = try #require(
                throws: ConfigurationError.self,
                performing: { try folder.configuration(BundledDefaults.self, from: name) })
            #expect(error.problem == problem, "\(name)")
            #expect(error.file == path + "/" + name && error.key == nil)
        }
        let broken = try #require(
            throws: ConfigurationError.self,
            performing: { try folder.configuration(BundledDefaults.self, from: "broken.json") })
        #expect(broken.description.contains("line 3"))
        #expect(try folder.configuration(BundledDefaults.self, from: "link.json").steps == 4)
        #expect(folder.contains("good.json") && !folder.contains("absent.json"))
    }

    @Test("JSON nested deeper than any configuration is refused, not followed")
    func deepNesting() throws {
        let text = #"{"unknown": "# + String(repeating: "[", count: 100_000)
        #expect(refusal(of: UNet2DConditionConfiguration.self, text)?.problem == .invalidJSON)
        let closed = #"{"act_fn": "# + String(repeating: "[", count: 400) + String(repeating: "]", count: 400) + "}"
        #expect(refusal(of: UNet2DConditionConfiguration.self, closed)?.problem == .invalidJSON)
        let shallow = #"{"act_fn": "# + String(repeating: "[", count: 60) + String(repeating: "]", count: 60) + "}"
        #expect(refusal(of: UNet2DConditionConfiguration.self, shallow)?.key == "act_fn")
    }

    @Test("every model that diffusers and transformers saved for the other tests is read")
    func fixtures() throws {
        let root = ComponentFolder(#filePath).path.replacing(
            "/DiffusionTests/ConfigurationTests.swift", with: "/Fixtures/data")
        func folders(_ part: String) throws -> [ComponentFolder] {
            try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(part)").map {
                ComponentFolder("\(root)/\(part)/\($0)")
            }
        }
        for folder in try folders("unets") {
            let _: UNet2DConditionConfiguration = try folder.configuration()
        }
        for folder in try folders("autoencoders") {
            if folder.path.hasSuffix("tiny") {
                let _: AutoencoderTinyConfiguration = try folder.configuration()
            } else {
                let _: AutoencoderKLConfiguration = try folder.configuration()
            }
        }
        for folder in try folders("encoders") {
            if folder.path.contains("bert") {
                let _: BertConfiguration = try folder.configuration()
            } else {
                let _: CLIPTextConfiguration = try folder.configuration()
            }
        }
        for folder in try folders("pipelines") {
            let model = folder.folder("model")
            let index: ModelIndex = try model.configuration(from: "model_index.json")
            let _: UNet2DConditionConfiguration = try model.folder("unet").configuration()
            #expect(index.components["unet"]?.className == "UNet2DConditionModel")
            #expect(index.components["safety_checker"] == nil)
        }
    }

    func decode<Configuration: Decodable>(_ text: String) throws -> Configuration {
        try ComponentFolder.decode(Configuration.self, from: text, at: "unet/config.json")
    }

    func refusal<Configuration: Decodable>(of type: Configuration.Type, _ text: String) -> ConfigurationError? {
        do {
            _ = try ComponentFolder.decode(type, from: text, at: "unet/config.json")
            return nil
        } catch {
            return error
        }
    }
}
