import Moderation
import Privacy
import Testing

@Test func aPolicyWithoutRulesRefusesNothing() {
    #expect(PromptPolicy().ruleBroken(by: Prompt("red heart")) == nil)
}
