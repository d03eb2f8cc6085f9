/// A model's own words for those of other languages, so that it understands prompts in them.
///
/// Nouns, colours, articles, prepositions and grounds are replaced, and colours put before their nouns; everything else, the
/// signs of a prompt's syntax included, stays as it was typed. It is no translation: words without an entry stay.
public struct Glossary: Sendable, Equatable {
    /// How many words of a prompt are read; a text encoder sees no more.
    static let maximumWords = 2_000

    /// The languages, in the order in which they are preferred where a prompt could be of several.
    var languages: [GlossaryLanguage] = []

    /// Words that are the model's own language's too.
    var ownWords: Set<String> = []

    /// The codes of the languages that it knows.
    public var languageCodes: [String] { languages.map(\.code) }

    /// Words and phrases of a language: those that name things and colours, and all others.
    public func forms(in code: String) -> (names: [String], others: [String]) {
        guard let language = languages.first(where: { $0.code == code }) else { return ([], []) }
        return (language.names, language.smallWords)
    }

    /// A prompt in the model's own words; nil where there is nothing to replace.
    ///
    /// Of each script the language is read that most words are of which are not the model's own language's as well. Its words
    /// are replaced in runs that have one at least that is no word of the model's own language, and everywhere where the
    /// prompt has no others.
    ///
    /// - Parameters:
    ///   - text: The prompt, in any syntax.
    ///   - limit: Where the replaced text has more Unicode scalars than this, the rest stays as it is.
    public func translated(_ text: String, limit: Int) -> String? {
        let scalars = Array(text.unicodeScalars)
        let words = PromptWord.words(in: scalars, limit: Self.maximumWords)
        var runs: [GlossaryRun] = []
        for script in [PromptWord.Script.alphabetic, .arabic, .ideographic] {
            guard words.contains(where: { $0.script == script }) else { continue }
            let candidates = languages.filter { $0.script == script }
                .map { GlossaryReading(words, of: scalars, in: $0, ownWords: ownWords) }
            guard let best = candidates.max(by: { $0.weight < $1.weight }), best.weight.foreign > 0,
                // Of equals, the first.
                let chosen = candidates.first(where: { $0.weight == best.weight })
            else { continue }
            runs += chosen.runs
        }
        guard !runs.isEmpty else { return nil }
        runs.sort { $0.range.lowerBound < $1.range.lowerBound }
        let result = replacing(runs, in: scalars, limit: limit)
        return result.allSatisfy(\.properties.isWhitespace) || result == scalars
            ? nil : String(String.UnicodeScalarView(result))
    }

    private func replacing(_ runs: [GlossaryRun], in scalars: [Unicode.Scalar], limit: Int) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var position = 0
        for run in runs {
            let words = run.text.unicodeScalars
            guard result.count + run.range.lowerBound - position + words.count <= limit else { break }
            result += scalars[position..<run.range.lowerBound]
            if let before = result.last, before.isPartOfWord, !words.isEmpty { result.append(" ") }
            result += words
            position = run.range.upperBound
            if position < scalars.count, scalars[position].isPartOfWord, !words.isEmpty { result.append(" ") }
        }
        return result + scalars[position...]
    }
}
