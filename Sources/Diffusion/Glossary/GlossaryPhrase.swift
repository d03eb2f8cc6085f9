/// Puts a run of a language's words into the model's own, in their order.
struct GlossaryPhrase {
    private let entries: [GlossaryEntry]
    private let language: GlossaryLanguage
    private var position = 0
    private var words: [String] = []
    /// Where the noun begins that a colour behind it is of, and how many words of colours have been put before it.
    private var noun: (start: Int, colours: Int)?
    /// What is said of the ground, where that comes last.
    private var ground: [String] = []

    /// The words of a run.
    static func text(of entries: [GlossaryEntry], in language: GlossaryLanguage) -> String {
        var phrase = GlossaryPhrase(entries: entries, language: language)
        while phrase.position < entries.count { phrase.takeNext() }
        return withArticles(phrase.words + phrase.ground).joined(separator: " ")
    }

    private init(entries: [GlossaryEntry], language: GlossaryLanguage) {
        self.entries = entries
        self.language = language
    }

    private mutating func takeNext() {
        if takeGround() { return }
        let entry = entries[position]
        defer { position += 1 }
        if let colour = entry.colour, entry.noun == nil || isColour(at: position) { return append(colour: colour) }
        if let word = entry.noun ?? entry.ground {
            // "Tasse de café" is one thing, which a colour behind it is of.
            if words.last != "of" || noun == nil { noun = (words.count, 0) }
            return words.append(word)
        }
        append(small: entry.small ?? "")
    }

    private mutating func append(colour: String) {
        guard language.placesColoursAfter, let place = noun else { return words.append(colour) }
        let index = place.start + place.colours
        // Two colours, with an "and" between them.
        let hasAnd = place.colours > 0 && words.last == "and"
        if hasAnd { words.removeLast() }
        words.insert(contentsOf: hasAnd ? ["and", colour] : [colour], at: index)
        noun = (place.start, place.colours + (hasAnd ? 2 : 1))
    }

    private mutating func append(small: String) {
        // Articles do not part a noun from what is behind it.
        guard !small.isEmpty else { return }
        // Partitives, as in "des fleurs".
        if small == "of", words.isEmpty || noun == nil { return }
        let staysNoun = small == "of" || small == "and" && (noun?.colours ?? 0) > 0
        if !staysNoun { noun = nil }
        words += small.split(separator: " ").map(String.init)
    }

    /// Whether a word that is a colour and a noun, such as "rose", is a colour here.
    private func isColour(at index: Int) -> Bool {
        if language.placesColoursAfter { return noun != nil && words.last != "of" }
        return index + 1 < entries.count && (entries[index + 1].noun != nil || entries[index + 1].ground != nil)
    }

    // MARK: Grounds

    /// Takes a ground with its colour, and what stands beside it, if they are next; says whether they were.
    private mutating func takeGround() -> Bool {
        var next = position
        var isMarked = false
        while next < entries.count, entries[next].standsAtGround, entries[next].ground == nil {
            isMarked = true
            next += 1
        }
        let small = { [entries] (index: Int) in
            index < entries.count && entries[index].small != nil && entries[index].colour == nil
        }
        while isMarked, small(next) { next += 1 }
        guard next < entries.count else { return false }
        let colour: String
        let word: String
        if let before = entries[next].colour, next + 1 < entries.count, let ground = entries[next + 1].ground {
            (colour, word) = (before, ground)
            next += 2
        } else if let ground = entries[next].ground {
            var behind = next + 1
            while small(behind) { behind += 1 }
            guard behind < entries.count, let after = entries[behind].colour else { return false }
            (colour, word) = (after, ground)
            next = behind + 1
        } else {
            return false
        }
        noun = nil
        if language.script == .ideographic {
            while next < entries.count, entries[next].standsAtGround, entries[next].ground == nil {
                isMarked = true
                next += 1
            }
            // The ground is said before the thing.
            let isAlone = position == 0 && next == entries.count
            if isAlone { words += [colour, word] } else { ground = ["on", "a", colour, word] }
        } else {
            words += isMarked ? ["on", "a", colour, word] : [colour, word]
        }
        position = next
        return true
    }

    // MARK: Articles

    /// "A" becomes "an" where the next word wants it.
    private static func withArticles(_ words: [String]) -> [String] {
        var result: [String] = []
        for (index, word) in words.enumerated() {
            guard word == "a" || word == "of" else {
                result.append(word)
                continue
            }
            guard index + 1 < words.count else {
                result.append(word)
                continue
            }
            guard words[index + 1] != "a" else { continue }
            let isVowel = "aeiou".contains(words[index + 1].prefix(1))
            let soundsOtherwise = ["uni", "eu", "one", "us"].contains { words[index + 1].hasPrefix($0) }
            result.append(word == "a" && isVowel && !soundsOtherwise ? "an" : word)
        }
        return result
    }
}
