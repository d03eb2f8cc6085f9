import Privacy
import Testing

@Suite("A prompt")
struct PromptTests {
    @Test("lends its text unchanged", arguments: ["", "a red fox", "лиса в снегу", "👩‍👩‍👧‍👦 e\u{301}", "nul \0 inside"])
    func text(_ text: String) {
        let prompt = Prompt(text)
        #expect(prompt.withText { Array($0.utf8) } == Array(text.utf8))
        #expect(prompt.withUTF8 { span in span.indices.map { span[$0] } } == Array(text.utf8))
        let count = prompt.utf8Count
        #expect(count == text.utf8.count)
    }

    @Test("counts Unicode scalars", arguments: [("abc", 3), ("e\u{301}", 2), ("👩‍👩‍👧‍👦", 7)])
    func scalars(_ text: String, _ expected: Int) {
        let count = Prompt(text).scalarCount
        #expect(count == expected)
    }

    @Test("is blank when it is white space alone", arguments: ["", " ", "\n\t", "\u{3000}\u{00A0}"])
    func blank(_ text: String) {
        let isBlank = Prompt(text).isBlank
        #expect(isBlank)
    }

    @Test("is not blank with a letter in it")
    func notBlank() {
        let isBlank = Prompt(" x ").isBlank
        #expect(!isBlank)
    }

    @Test("refuses bytes that are not UTF-8")
    func invalid() {
        let bytes: [UInt8] = [0x66, 0xFF, 0x78]
        switch Prompt(validating: bytes.span) {
        case .some: Issue.record("accepted bytes that are not UTF-8")
        case .none: break
        }
    }

    @Test("is overwritten before its memory is freed")
    func erased() {
        let seen = Witness()
        let text = "a secret wish that is longer than a small string"
        do {
            let prompt = Prompt(text, whenErased: seen.look)
            let isBlank = prompt.isBlank
            #expect(!isBlank)
        }
        #expect(seen.bytes == [UInt8](repeating: 0, count: text.utf8.count))
    }

    @Test("is overwritten when it is consumed")
    func consumed() {
        func spend(_ prompt: consuming Prompt) { _ = consume prompt }
        let seen = Witness()
        spend(Prompt("a secret wish", whenErased: seen.look))
        #expect(seen.bytes?.allSatisfy { $0 == 0 } == true)
    }
}
