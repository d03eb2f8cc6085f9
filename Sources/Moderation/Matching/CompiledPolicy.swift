import Privacy

/// A policy's rules, ready to be held against prompts.
struct CompiledPolicy: Sendable {
    /// A term's number: one word, or several in a row.
    typealias Term = Int32

    /// One rule: broken by a prompt in which, for one pattern, every set has a term that no exception covers.
    struct CompiledRule: Sendable {
        let rule: PolicyRule
        var patterns: [[Set<Term>]] = []
        var exceptions: Set<Term> = []
    }

    private var vocabulary = Vocabulary()
    private var terms: [[Vocabulary.Word]: Term] = [:]
    /// The terms that begin with a word.
    private var beginnings: [Vocabulary.Word: [(term: Term, words: [Vocabulary.Word])]] = [:]
    private(set) var rules: [CompiledRule] = []

    init() {}

    /// The number of a term of folded words.
    mutating func term(_ texts: [String]) -> Term {
        let words = texts.map { vocabulary.word($0) }
        if let term = terms[words] { return term }
        let term = Term(terms.count)
        terms[words] = term
        beginnings[words[0], default: []].append((term, words))
        if words.count == 1 { vocabulary.markAlone(words[0]) }
        return term
    }

    /// Adds a rule after those there are.
    mutating func add(_ rule: CompiledRule) { rules.append(rule) }

    /// The first rule that a prompt breaks.
    func ruleBroken(by prompt: borrowing Prompt) -> PolicyRule? {
        let hits = prompt.withUTF8 { WordScanner.scan($0, for: vocabulary) }
        guard !hits.isEmpty else { return nil }
        let found = occurrences(in: hits)
        return rules.first { isBroken($0, found, placeCount: hits.placeCount) }?.rule
    }

    private struct Occurrence {
        let term: Term
        let places: Range<Int>
    }

    private func occurrences(in hits: WordHits) -> [Occurrence] {
        var found: [Occurrence] = []
        for hit in hits.all {
            for (term, words) in beginnings[hit.word] ?? [] {
                guard let end = hits.end(of: words.dropFirst(), from: Int(hit.next)) else { continue }
                found.append(Occurrence(term: term, places: Int(hit.place)..<end))
            }
        }
        return found
    }

    private func isBroken(_ rule: CompiledRule, _ found: [Occurrence], placeCount: Int) -> Bool {
        var isExcepted = [Bool](repeating: false, count: placeCount + 1)
        for occurrence in found where rule.exceptions.contains(occurrence.term) {
            for place in occurrence.places { isExcepted[place] = true }
        }
        let present = Set(
            found.lazy.filter { !$0.places.allSatisfy { isExcepted[$0] } }.map(\.term))
        return rule.patterns.contains { $0.allSatisfy { !$0.isDisjoint(with: present) } }
    }
}
