import Moderation
import Privacy
import Testing

@Suite("The length of what stands around a word")
struct ScannerLengthTests {
    private static let words = ["bowler", "cap", "tophat", "fedora"]
    private static let beginnings = ["rabbit", "sombr"]
    private static let reference = ReferenceScanner(words: Set(words), beginnings: Set(beginnings))

    private static func policy() throws -> PromptPolicy {
        let patterns = words + beginnings.map { "\($0)*" }
        return try PromptPolicy(text: "rule hats: Hats are not made here.\n  \(patterns.joined(separator: ", "))")
    }

    @Test("a word after a hyphen is found behind any number of characters", arguments: ["a", "7", "-", "ab", "x1"])
    func behindHyphen(filler: String) throws {
        let policy = try Self.policy()
        for length in 0...600 {
            let run = String(String(repeating: filler, count: length).prefix(length))
            #expect(policy.ruleBroken(by: Prompt("\(run)-bowler")) != nil, "\(length) characters before")
            #expect(policy.ruleBroken(by: Prompt("bowler-\(run)")) != nil, "\(length) characters after")
            #expect(policy.ruleBroken(by: Prompt("\(run)_rabbits_\(run)")) != nil, "\(length) characters on both sides")
        }
    }

    @Test("a word of repeated letters is found however often they are repeated")
    func repeated() throws {
        let policy = try Self.policy()
        for length in 3...600 {
            let run = String(repeating: "o", count: length)
            #expect(policy.ruleBroken(by: Prompt("b\(run)wler")) != nil, "\(length) letters")
            #expect(policy.ruleBroken(by: Prompt("f3d\(run)ra\(String(repeating: "!", count: length))")) != nil)
        }
    }

    @Test("a word that is spelled out is found behind any number of single letters")
    func spelledOut() throws {
        let policy = try Self.policy()
        for length in 0...600 {
            let run = String(repeating: "x ", count: length)
            #expect(policy.ruleBroken(by: Prompt("\(run)b o w l e r")) != nil, "\(length) letters before")
            #expect(policy.ruleBroken(by: Prompt("r a b b i t \(run)")) != nil, "\(length) letters after")
        }
    }

    @Test("nothing is found or missed that a search without bounds does not find or miss")
    func reference() throws {
        let policy = try Self.policy()
        var random = SplitMix64(state: 7)
        let fillers = ["a", "o", "7", "1", "-", "!", "$", ".", ":1", "a-", "a1", "1!", "bow", "x.", "a ", "1 ", "r"]
        let separators = ["", "", "-", "_", ".", "!", "(", ":", "1", " ", ", ", "0"]
        let items =
            Self.words + Self.beginnings + ["b0wler", "ra-bb-it", "bowlercap", "b o w l e r", "ccccap", "rabbits"]
        var found = 0
        for _ in 0..<1_500 {
            func filler() -> String {
                let length = Int.random(in: 0...600, using: &random)
                return String(
                    String(repeating: fillers.randomElement(using: &random) ?? "", count: length).prefix(length))
            }
            func separator() -> String { separators.randomElement(using: &random) ?? "" }
            let before = Bool.random(using: &random) ? filler() + separator() : ""
            let after = Bool.random(using: &random) ? separator() + filler() : ""
            let prompt = before + (items.randomElement(using: &random) ?? "") + after
            let isExpected = Self.reference.finds(in: prompt)
            if isExpected { found += 1 }
            #expect((policy.ruleBroken(by: Prompt(prompt)) != nil) == isExpected, "\(prompt.debugDescription)")
        }
        #expect((300..<1_450).contains(found), "the prompts are all of one kind")
    }

    @Test(
        "every prompt that is refused is refused behind a long run, too", arguments: [20, 120, 123, 124, 127, 128, 500])
    func refusedPrompts(length: Int) {
        let run = String(repeating: "a", count: length)
        for item in PromptList.refused where !item.isParaphrase {
            let rule = PromptPolicy.standard.ruleBroken(by: Prompt("\(run)-\(item.prompt)"))
            #expect(rule?.identifier == item.rule, "\(item.prompt)")
        }
    }

    @Test("a policy's word may be as long as what is kept of a prompt, and no longer")
    func longestWord() throws {
        let word = String(repeating: "ab", count: 32)
        let policy = try PromptPolicy(text: "rule long: Not made here.\n  \(word), cap")
        #expect(policy.ruleBroken(by: Prompt(word)) != nil)
        #expect(policy.ruleBroken(by: Prompt("x-\(word)")) != nil)
        #expect(policy.ruleBroken(by: Prompt(word + word)) != nil, "two words written together")
        #expect(policy.ruleBroken(by: Prompt(word + "ab")) == nil)
        #expect(throws: PolicyProblems.self) { try PromptPolicy(text: "rule long: Not made here.\n  \(word)a") }
    }
}

/// Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014: the same numbers in every run.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
