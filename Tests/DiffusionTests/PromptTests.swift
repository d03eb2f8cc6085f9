import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("Prompts are read as in stable-diffusion-webui")
struct PromptTests {
    struct PromptCase: Decodable {
        let name: String
        let prompt: String
        let negativePrompt: String
        let syntax: String
        let clipSkip: Int
    }

    @Test(
        "weights, chunks and breaks give the reference's embeddings", arguments: ["sd15", "turbo", "sdxl", "icons"])
    func embeddings(_ model: String) throws {
        let pipeline = try pipeline(model)
        let expected = try Fixtures.weights("prompts/expected.safetensors")
        let cases = try JSONDecoder().decode(
            [String: [PromptCase]].self, from: Data(contentsOf: Fixtures.url("prompts/cases.json")))
        for asked in try #require(cases[model]) {
            let conditioning = try pipeline.encode(
                prompt: asked.prompt, negativePrompt: asked.negativePrompt, guidanceScale: 7.5,
                clipSkip: asked.clipSkip, syntax: try #require(PromptSyntax(rawValue: asked.syntax)))
            func compare(_ tensor: Tensor?, _ name: String) throws {
                let name = "\(model).\(asked.name).\(name)"
                guard expected.contains(name) else { return }
                let reference = try expected.tensor(name, on: pipeline.device)
                #expect(try #require(tensor).relativeError(to: reference) < 1e-4, "\(name)")
            }
            try compare(conditioning.positive.context, "prompt_embeds")
            try compare(conditioning.negative?.context, "negative_prompt_embeds")
            try compare(conditioning.positive.pooled, "pooled_prompt_embeds")
            try compare(conditioning.negative?.pooled, "negative_pooled_prompt_embeds")
        }
    }

    @Test("AND is refused where it joins prompts, and nowhere else")
    func composition() throws {
        let pipeline = try pipeline("sd15")
        for prompt in ["a cat AND a dog", "AND", "(red AND blue:1.2)", "cat AND:1.2 dog"] {
            let error = #expect(throws: DiffusionError.composedPrompt) {
                try pipeline.encode(prompt: prompt, guidanceScale: 7.5, syntax: .weighted)
            }
            #expect(error?.description.contains("cat") == false)
            _ = try pipeline.encode(prompt: prompt, guidanceScale: 7.5, syntax: .plain)
        }
        for prompt in ["a cat and a dog", "SAND, ANDROID, BRAND_AND", "And"] {
            _ = try pipeline.encode(prompt: prompt, guidanceScale: 7.5, syntax: .weighted)
        }
    }

    @Test("a prompt beyond all measure is refused before it is encoded")
    func tooLong() throws {
        let pipeline = try pipeline("sd15")
        for syntax in PromptSyntax.allCases {
            #expect(throws: DiffusionError.promptTooLong(tokens: 1200)) {
                try pipeline.encode(
                    prompt: String(repeating: "dog ", count: 1201), guidanceScale: 7.5, syntax: syntax)
            }
            _ = try pipeline.encode(prompt: String(repeating: "dog ", count: 1200), guidanceScale: 1, syntax: syntax)
        }
        #expect(throws: DiffusionError.promptTooLong(tokens: 1200)) {
            try pipeline.encode(
                prompt: String(repeating: "BREAK ", count: 5000), guidanceScale: 7.5, syntax: .weighted)
        }
    }

    @Test("any row of brackets, colons and backslashes is read to its end")
    func hostile() throws {
        let pipeline = try pipeline("icons")
        var random = TorchRandomSource(seed: 5)
        let pieces = ["(", ")", "[", "]", ":", "\\", "1.2", "1.2.3", "a", " ", "BREAK", "-", "é", "\u{0}", "999e9"]
        for length in 1...60 {
            let prompt = random.uniform(length).map { pieces[Int($0 * Float(pieces.count))] }.joined()
            let conditioning = try pipeline.encode(prompt: prompt, guidanceScale: 1, syntax: .weighted)
            #expect(conditioning.positive.context.shape == [1, 16, 24])
        }
    }

    private func pipeline(_ model: String) throws -> DiffusionPipeline {
        try DiffusionPipeline(folder: Fixtures.url("pipelines/\(model)/model").path, device: Device(threads: 2))
    }
}
