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
            let error = #expect(throws: DiffusionError.prompt(.composed)) {
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
            #expect(throws: DiffusionError.prompt(.tooLong(tokens: 1200))) {
                try pipeline.encode(
                    prompt: String(repeating: "dog ", count: 1201), guidanceScale: 7.5, syntax: syntax)
            }
            _ = try pipeline.encode(prompt: String(repeating: "dog ", count: 1200), guidanceScale: 1, syntax: syntax)
        }
        #expect(throws: DiffusionError.prompt(.tooLong(tokens: 1200))) {
            try pipeline.encode(
                prompt: String(repeating: "BREAK ", count: 5000), guidanceScale: 7.5, syntax: .weighted)
        }
    }

    @Test("weights that embeddings do not bear are refused, those of the negative prompt as its own")
    func weights() throws {
        let pipeline = try pipeline("sd15")
        let huge = "((a:99999999999999999999):99999999999999999999) cat"
        let nested = String(repeating: "(", count: 1000) + "cat" + String(repeating: ")", count: 1000)
        let vanishing = String(repeating: "[", count: 1000) + "cat"
        for (prompt, problem) in [
            (huge, PromptProblem.weight(maximum: 100)), ("(cat:101)", .weight(maximum: 100)),
            ("((cat:-20):20)", .weight(maximum: 100)),
            ("(((cat:1e9:99999999999999999999999999999999999999999)", .weight(maximum: 100)),
            (nested, .nesting(maximum: 100)), (vanishing, .nesting(maximum: 100)),
        ] {
            #expect(throws: DiffusionError.prompt(problem)) {
                try pipeline.encode(prompt: prompt, guidanceScale: 7.5, syntax: .weighted)
            }
            #expect(throws: DiffusionError.negativePrompt(problem)) {
                try pipeline.encode(prompt: "a", negativePrompt: prompt, guidanceScale: 7.5, syntax: .weighted)
            }
            #expect(throws: problem) { try PromptSyntax.weighted.check(prompt) }
            try PromptSyntax.plain.check(prompt)
        }
        for prompt in ["(cat:100)", "(cat:-100) [dog]", "((((((((((cat))))))))))", "(cat:0)"] {
            let states = try pipeline.encode(prompt: prompt, guidanceScale: 1, syntax: .weighted).positive.context
            #expect(states.elements.allSatisfy { $0.isFinite })
        }
    }

    @Test("adapters are named in angle brackets, and other words there are words")
    func adapters() throws {
        for prompt in ["a <lora:foo:0.8> cat", "<LORA:foo>", "<lyco:a b:1:2>", "(cat:1.2)<hypernet:x:1>"] {
            #expect(throws: PromptProblem.unknownAdapter) { try PromptSyntax.weighted.check(prompt) }
            try PromptSyntax.plain.check(prompt)
        }
        for prompt in ["<lora:>", "<lora:x", "lora:x>", "<3 lora:x", "a < b > c", "<loran:x>", "<:lora:x>"] {
            try PromptSyntax.weighted.check(prompt)
        }
    }

    @Test("words that would be exchanged on the way are recognised")
    func editing() {
        for prompt in ["[a:b:0.5]", "[a:5]", "[a::5]", "x [a|b]", "[a:[b:c:3]:4]", "[(a:1.2)|b]"] {
            #expect(PromptSyntax.weighted.editsWords(prompt), "\(prompt)")
            #expect(!PromptSyntax.plain.editsWords(prompt))
        }
        for prompt in ["[a]", "a|b", "a:5", "(a:5)", #"\[a|b\]"#, "[a: b]", "[a", "a:5]", "[]"] {
            #expect(!PromptSyntax.weighted.editsWords(prompt), "\(prompt)")
        }
    }

    @Test("what is seen of a prompt is its beginning, and gives the same embeddings")
    func seen() throws {
        let short = try pipeline("icons")
        let words = String(repeating: "the red cat on a hat, ", count: 9)
        for syntax in PromptSyntax.allCases {
            for prompt in [
                words, "(the red:1.3) " + words, words + "(hat:2)", String(repeating: "!", count: 50),
                String(repeating: "x", count: 150) + " " + words, String(repeating: "心", count: 40), "  \n" + words,
                "[" + words, "(a BREAK b) BREAK " + words, String(repeating: "catdoghat", count: 10),
            ] {
                let seen = try #require(try short.seen(of: prompt, syntax: syntax))
                #expect(try short.seen(of: seen, syntax: syntax) == nil)
                if syntax == .plain { #expect(prompt.hasPrefix(seen)) }
                let (all, part) = (
                    try short.encode(prompt: prompt, guidanceScale: 1, syntax: syntax),
                    try short.encode(prompt: seen, guidanceScale: 1, syntax: syntax)
                )
                #expect(all.positive.context.elements == part.positive.context.elements, "\(seen)")
            }
            #expect(try short.seen(of: "a red cat", syntax: syntax) == nil)
            // CLIP reads chunk after chunk.
            #expect(try pipeline("sd15").seen(of: words, syntax: syntax) == nil)
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
