import Diffusion
import Moderation
import Privacy
import Studio
import Synchronization
import Testing

@Suite("Prompts in other languages than the model's", .timeLimit(.minutes(1)))
struct TranslationTests {
    private static let table = """
        english\t\tchild
        language\tde\tbefore
        noun\tguitar\tgitarre
        noun\tnude\tnackt
        noun\tflower\tnude
        colour\tred\trote

        """

    private func engine() throws -> FakeEngine {
        FakeEngine(glossary: try GlossaryParser.glossary(from: Self.table, at: "words.tsv"))
    }

    private func text(_ drawn: DrawnPrompts?, negative: Bool = false) -> String? {
        guard let drawn else { return nil }
        if negative {
            switch drawn.negativePrompt {
            case .some(let prompt): return prompt.withText { copy $0 }
            case .none: return nil
            }
        }
        switch drawn.prompt {
        case .some(let prompt): return prompt.withText { copy $0 }
        case .none: return nil
        }
    }

    @Test("are drawn in the model's own words, which are told")
    func translated() async throws {
        let engine = try engine()
        let pictures = try await Studio(engine: engine).generate(.sample(seed: 1, prompt: Prompt("Rote Gitarre")))
        #expect(engine.calls.first == .encode(promptLength: "red guitar".count))
        #expect(text(pictures.first?.drawnPrompts) == "red guitar")
        #expect(text(pictures.first?.drawnPrompts, negative: true) == nil)
    }

    @Test("are nothing to tell of where they are the model's own")
    func own() async throws {
        let engine = try engine()
        let pictures = try await Studio(engine: engine).generate(.sample(seed: 1, prompt: Prompt("red guitar")))
        #expect(engine.calls.first == .encode(promptLength: "red guitar".count))
        #expect(pictures.first?.drawnPrompts == nil)
    }

    @Test("say what is left out as well, where that has an effect", arguments: [1, 4])
    func negative(_ guidance: Float) async throws {
        var request = GenerationRequest.sample(seed: 1)
        request.negativePrompt = Prompt("Gitarre")
        request.settings.guidanceScale = guidance
        let pictures = try await Studio(engine: try engine()).generate(request)
        #expect(text(pictures.first?.drawnPrompts, negative: true) == (guidance > 1 ? "guitar" : nil))
        #expect(text(pictures.first?.drawnPrompts) == nil)
    }

    @Test(
        "are refused for what was typed, and for what would be drawn",
        arguments: ["nude child", "nackt child", "nackt, child"])
    func refused(_ prompt: String) async throws {
        let studio = Studio(engine: try engine())
        let error = await #expect(throws: StudioError.self) {
            try await studio.generate(.sample(seed: 1, prompt: Prompt(prompt)))
        }
        guard case .refused = error else {
            Issue.record("it is not refused")
            return
        }
    }

    @Test("are erased when their words have been replaced")
    func erased() async throws {
        let isErased = Mutex<Bool?>(nil)
        let prompt = Prompt(
            "Gitarre", whenErased: { memory in isErased.withLock { $0 = memory.allSatisfy { $0 == 0 } } })
        let wasErasedInTime = Mutex(false)
        let studio = Studio(engine: try engine())
        _ = try await studio.generate(.sample(seed: 1, prompt: prompt)) { _ in
            wasErasedInTime.withLock { $0 = isErased.withLock { $0 == true } }
        }
        #expect(wasErasedInTime.withLock { $0 })
    }
}
