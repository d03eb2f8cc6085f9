import Moderation
import Privacy
import Testing

@Suite("A policy's text")
struct PolicyTextTests {
    private let text = """
        # Our house's rules
        list hats
          top hat, bowler*   # any of them
        rule hats: No hats, please.
          @hats & rabbit
          magician
          except stage magician
        rule young-animals: No young animals.
          {age} months old
        """

    @Test("words, endings, phrases, lists, exceptions and ages mean what the guide says")
    func meaning() throws {
        let policy = try PromptPolicy(text: text)
        let broken = { (prompt: String) in policy.ruleBroken(by: Prompt(prompt))?.identifier }
        #expect(broken("a rabbit in a top hat") == "hats")
        #expect(broken("Bowlers with a RABBIT") == "hats")
        #expect(broken("a top-hat, and far away a rabbit") == "hats")
        #expect(broken("a hat on top of a rabbit") == nil)
        #expect(broken("rabbits in a top hat") == nil)
        #expect(broken("a magician") == "hats")
        #expect(broken("a stage magician") == nil)
        #expect(broken("a stage magician and a magician") == "hats")
        #expect(broken("a calf, three months old") == "young-animals")
        #expect(broken("a calf, 17-months-old") == "young-animals")
        #expect(broken("a calf, 18 months old") == nil)
    }

    @Test("an operator's words are folded like prompts")
    func folding() throws {
        let policy = try PromptPolicy(text: "rule a: No.\n  Straße, Ærø, ﬁre")
        for prompt in ["STRASSE", "straße", "aero", "ÆRØ", "fire", "f1re"] {
            #expect(policy.ruleBroken(by: Prompt(prompt)) != nil, "\(prompt)")
        }
    }

    @Test("everything that is wrong is said at once, with its line")
    func problems() throws {
        let text = """
            word
            rule Bad Name: Message.
              x
            rule empty: Nothing follows.
            rule silent:
              x
            rule good: Fine.
              a & , ab*, mid*dle, @nowhere, one two three four five six seven eight nine
            rule good: Again.
              x
            except y
            list things
            rule sexual-minors: Mine.
              x
            """
        #expect(throws: PolicyProblems.self) { try PromptPolicy(text: text) }
        do {
            _ = try PromptPolicy(text: text)
        } catch {
            #expect(error.problems.map(\.line) == [1, 2, 4, 5, 8, 8, 8, 8, 8, 9, 12, 13])
            #expect(error.description.contains("line 8: there is no list 'nowhere' above this line."))
        }
    }

    @Test("a text that is too large is refused unread")
    func tooLarge() {
        #expect(throws: PolicyProblems.self) { try PromptPolicy(text: String(repeating: "#", count: (1 << 20) + 1)) }
    }

    @Test("random texts harm nobody", arguments: 0..<20)
    func random(seed: Int) {
        let pieces = [
            "rule a: b", "list c", "except", "@c", "&", ",", "*", "#", "{age}", "\n", " ", "word", "é", ":", "\u{0}",
        ]
        let text = (0..<200).map { _ in pieces.randomElement() ?? "" }.joined(separator: " ")
        let policy = try? PromptPolicy(text: text)
        _ = policy?.ruleBroken(by: Prompt(text))
    }

    @Test("the standard policy's text can be read as an operator's")
    func standard() throws {
        let policy = try PromptPolicy(text: PromptPolicy.standardText)
        #expect(policy.rules == PromptPolicy.standard.rules)
    }
}
