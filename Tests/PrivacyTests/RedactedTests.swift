import Privacy
import Testing

@Suite("A redacted value")
struct RedactedTests {
    private let hidden = Redacted("canary")

    @Test("never shows itself")
    func hiddenEverywhere() {
        var dumped = ""
        dump(hidden, to: &dumped)
        for text in ["\(hidden)", String(describing: hidden), String(reflecting: hidden), dumped, "\([hidden])"] {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("canary"))
        }
    }

    @Test("still has its value")
    func value() { #expect(hidden.value == "canary") }
}
