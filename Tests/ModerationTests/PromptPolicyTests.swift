import Foundation
import Moderation
import Privacy
import Testing

@Suite("The prompt policy")
struct PromptPolicyTests {
    @Test("what nobody should refuse is let through", arguments: PromptList.benign)
    func benign(prompt: String) {
        #expect(PromptPolicy.standard.ruleBroken(by: Prompt(prompt)) == nil)
    }

    @Test("what is plain is refused by its rule", arguments: PromptList.refused.filter { !$0.isParaphrase })
    func refused(item: PromptList.Refused) {
        #expect(PromptPolicy.standard.ruleBroken(by: Prompt(item.prompt))?.identifier == item.rule)
    }

    @Test("disguises are seen through", arguments: Disguise.allCases)
    func disguised(disguise: Disguise) {
        let plain = PromptList.refused.filter { !$0.isParaphrase }
        let missed = plain.map { disguise.apply(to: $0.prompt) }.filter {
            PromptPolicy.standard.ruleBroken(by: Prompt($0)) == nil
        }
        print("\(disguise): \(missed.count) of \(plain.count) are not seen through")
        #expect(missed.count <= (disguise.hidesWords ? plain.count / 2 : plain.count / 50), "\(missed)")
    }

    @Test("disguises do not make anything else suspicious", arguments: Disguise.allCases.filter { !$0.hidesWords })
    func disguisedBenign(disguise: Disguise) {
        let refused = PromptList.benign.filter {
            PromptPolicy.standard.ruleBroken(by: Prompt(disguise.apply(to: $0))) != nil
        }
        // A disguise also hides what tells a thing from another, such as the words of an exception.
        #expect(refused.count <= PromptList.benign.count / 40, "\(disguise): \(refused)")
    }

    @Test("precision and recall are what docs/moderation.md says")
    func figures() {
        var (found, known, alarms) = (0, 0, 0)
        for item in PromptList.refused {
            known += 1
            if PromptPolicy.standard.ruleBroken(by: Prompt(item.prompt)) != nil { found += 1 }
        }
        for prompt in PromptList.benign where PromptPolicy.standard.ruleBroken(by: Prompt(prompt)) != nil {
            alarms += 1
        }
        let (precision, recall) = (Double(found) / Double(found + alarms), Double(found) / Double(known))
        print(
            "precision \(precision), recall \(recall), of \(known) to refuse and \(PromptList.benign.count) to let through"
        )
        #expect(precision >= 0.99)
        #expect(recall >= 0.90)
    }

    @Test("the rule about minors is part of every policy")
    func unconditional() throws {
        let policy = try PromptPolicy(text: "rule hats: Hats are not made here.\n  hat")
        #expect(policy.rules.map(\.identifier) == ["sexual-minors", "hats"])
        #expect(policy.ruleBroken(by: Prompt("a red hat"))?.message == "Hats are not made here.")
        #expect(policy.ruleBroken(by: Prompt("a nude woman")) == nil)
        for item in PromptList.refused where item.rule == "sexual-minors" && !item.isParaphrase {
            #expect(PromptPolicy().ruleBroken(by: Prompt(item.prompt))?.identifier == "sexual-minors")
            #expect(policy.ruleBroken(by: Prompt(item.prompt))?.identifier == "sexual-minors")
        }
    }

    @Test("without a policy of an operator's, adults' matters are let through")
    func onlyUnconditional() {
        for item in PromptList.refused where item.rule != "sexual-minors" {
            #expect(PromptPolicy().ruleBroken(by: Prompt(item.prompt)) == nil, "\(item.prompt)")
        }
    }

    @Test("nothing that people may send breaks it or takes long")
    func hostile() {
        let prompts = [
            "", " ", "\u{0}", "\u{200B}", "🏳️‍🌈", String(repeating: "a", count: 32_000),
            String(repeating: "a ", count: 16_000), String(repeating: "a-", count: 16_000),
            String(repeating: "nude ", count: 6_400), String(repeating: "naked eye ", count: 3_200),
            String(repeating: "c.h.i.l.d.", count: 3_200), String(repeating: "\u{0301}", count: 32_000),
            String(repeating: "ﷺ", count: 10_000), String(repeating: "1", count: 32_000),
        ]
        let time = ContinuousClock().measure {
            for prompt in prompts { _ = PromptPolicy.standard.ruleBroken(by: Prompt(prompt)) }
        }
        #expect(time < .seconds(2))
    }

    @Test("a prompt of 1,000 characters takes less than a millisecond")
    func speed() {
        let text = String(PromptList.benign.joined(separator: ", ").prefix(1_000))
        _ = PromptPolicy.standard.ruleBroken(by: Prompt(text))
        let times = (0..<20).map { _ in
            ContinuousClock().measure { _ = PromptPolicy.standard.ruleBroken(by: Prompt(text)) }
        }
        #expect(times.min() ?? .zero < .milliseconds(1))
    }
}
