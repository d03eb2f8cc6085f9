import Testing
import Web

@Suite("The documents' texts")
struct DocumentTextTests {
    @Test(
        "what cannot be read is refused with its line",
        arguments: [
            ("[a] No title.", 0), ("# One\n# Two", 2), ("# One\n\nWords of no sentence.", 3),
            ("# One\n[a when nonsense] Words.", 2), ("# One\n[a if metrics] Words.", 2),
            ("# One\n[a] Words.\n\n[a] Words.", 4), ("# One\n[a when no] Words.", 2),
            ("# One\n[a when metrics and] Words.", 2), ("# One\n[] Words.", 2), ("# One\n[a] Words.\n- [b] Item.", 3),
        ])
    func mistakes(text: String, line: Int) {
        let error = #expect(throws: DocumentTextError.self) { try DocumentText(Array(text.utf8)) }
        #expect(error?.line == line)
    }

    @Test("sentences go on over lines, and links at a line's beginning are no names")
    func names() throws {
        let text = """
            # Title

            [first] One
            two.
            [second when metrics and no contact] See
            [this](/about) too.

            - [third] Item,
              and its end.
              [fourth] Another sentence of it.
            - [fifth] Last.
            """
        let names = try DocumentText(Array(text.utf8)).sentenceNames
        #expect(names == ["first", "second", "third", "fourth", "fifth"])
    }

    @Test("facts have names of their own, by which they are found")
    func facts() {
        #expect(Set(Fact.allCases.map(\.name)).count == Fact.allCases.count)
        for fact in Fact.allCases { #expect(Fact(name: fact.name) == fact) }
        #expect(Fact(name: "nonsense") == nil)
    }

    @Test("the policy's revisions are in order, and begin with the first policy")
    func revisions() {
        let dates = Revision.all.map(\.date)
        #expect(Revision.all.count >= 2)
        #expect(dates.first == "2024-01-10")
        #expect(zip(dates, dates.dropFirst()).allSatisfy { $0 < $1 })
        #expect(dates.allSatisfy { $0.wholeMatch(of: #/20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/#) != nil })
        #expect(Revision.all.allSatisfy { !$0.summary.isEmpty })
        #expect(Revision.all.dropFirst().allSatisfy { $0.fingerprint?.count == 16 })
    }

    @Test("days are counted as calendars count them")
    func days() {
        #expect(day(ofUnixTime: 0) == "1970-01-01")
        #expect(day(ofUnixTime: 1_709_164_800) == "2024-02-29")
        #expect(day(ofUnixTime: 1_709_251_199) == "2024-02-29")
        #expect(day(ofUnixTime: 1_767_225_600) == "2026-01-01")
    }
}
