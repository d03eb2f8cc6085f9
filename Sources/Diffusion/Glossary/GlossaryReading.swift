/// Words of a prompt that stand together in one language, and what they become.
struct GlossaryRun {
    /// Where they stand.
    let range: Range<Int>

    /// The model's own words for them.
    let text: String
}

/// A prompt read as one of the languages of a glossary.
struct GlossaryReading {
    /// How much of the prompt is of the language: its words that the model's own language does not have, and all of them.
    struct Weight: Comparable {
        var foreign = 0
        var all = 0

        static func < (one: Weight, other: Weight) -> Bool { (one.foreign, one.all) < (other.foreign, other.all) }
    }

    /// A word or phrase that the language has.
    private struct Match {
        let range: Range<Int>
        let entry: GlossaryEntry
        let isForeign: Bool
    }

    private(set) var weight = Weight()

    /// What is replaced: the runs with a word in them that is no word of the model's own language; all runs, where the
    /// language has every word of the prompt.
    private(set) var runs: [GlossaryRun] = []

    /// - Parameters:
    ///   - words: The prompt's words.
    ///   - scalars: The prompt.
    ///   - language: The language to read.
    ///   - ownWords: Words that are the model's own language's too.
    init(_ words: [PromptWord], of scalars: [Unicode.Scalar], in language: GlossaryLanguage, ownWords: Set<String>) {
        var all: [[Match]] = []
        var run: [Match] = []
        var hasOthers = false
        func end() {
            if !run.isEmpty { all.append(run) }
            run = []
        }
        var index = 0
        while index < words.count {
            guard let (match, count) = Self.match(words[index...], scalars, language, ownWords) else {
                end()
                let word = words[index]
                hasOthers = hasOthers || (word.script == language.script && !word.isSign(in: scalars))
                index += 1
                continue
            }
            if let last = run.last, !Self.stand(last.range.upperBound..<match.range.lowerBound, in: scalars) {
                end()
            }
            run.append(match)
            weight.all += count
            if match.isForeign { weight.foreign += count }
            index += count
        }
        end()
        let isWhole = !hasOthers && weight.foreign > 0
        for run in all where isWhole || run.contains(where: \.isForeign) {
            guard let first = run.first, let last = run.last else { continue }
            let text = GlossaryPhrase.text(of: run.map(\.entry), in: language)
            runs.append(GlossaryRun(range: first.range.lowerBound..<last.range.upperBound, text: text))
        }
    }

    /// The longest phrase that begins with the first of the words, and how many words it has.
    private static func match(
        _ words: ArraySlice<PromptWord>, _ scalars: [Unicode.Scalar], _ language: GlossaryLanguage,
        _ ownWords: Set<String>
    ) -> (match: Match, count: Int)? {
        guard let first = words.first, first.script == language.script else { return nil }
        var phrase = 1
        while phrase < min(language.longestPhrase, words.count) {
            let (one, next) = (words[words.startIndex + phrase - 1], words[words.startIndex + phrase])
            guard next.script == first.script, areJoined(one, next, in: scalars) else { break }
            phrase += 1
        }
        for count in (1...phrase).reversed() {
            let part = words.prefix(count)
            let key = part.map(\.text).joined(separator: first.script.separator)
            guard let entry = language.entry(for: key) else { continue }
            let isForeign = !part.allSatisfy { isOwn($0, ownWords) }
            let range = first.range.lowerBound..<words[words.startIndex + count - 1].range.upperBound
            return (Match(range: range, entry: entry, isForeign: isForeign), count)
        }
        return nil
    }

    /// Single letters tell nothing of a language.
    private static func isOwn(_ word: PromptWord, _ ownWords: Set<String>) -> Bool {
        word.script == .alphabetic && (word.range.count == 1 || ownWords.contains(word.text))
    }

    /// Whether two words may be of one phrase: nothing or a single sign between them.
    private static func areJoined(_ one: PromptWord, _ other: PromptWord, in scalars: [Unicode.Scalar]) -> Bool {
        let gap = one.range.upperBound..<other.range.lowerBound
        if one.script == .ideographic { return gap.isEmpty }
        return gap.count == 1 && " -'’".unicodeScalars.contains(scalars[gap.lowerBound])
    }

    /// Whether what is between two words keeps them together.
    private static func stand(_ gap: Range<Int>, in scalars: [Unicode.Scalar]) -> Bool {
        gap.allSatisfy { scalars[$0].properties.isWhitespace || "-'’".unicodeScalars.contains(scalars[$0]) }
    }
}
