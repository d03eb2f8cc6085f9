import Foundation

/// One language of a glossary: its words, and how they are looked up.
struct GlossaryLanguage: Sendable, Equatable {
    /// An ending of other forms of a word, and what the form that the glossary has ends with.
    struct Ending: Sendable, Equatable {
        let other: String
        let own: String
    }

    /// The fewest letters before an ending.
    private static let shortestStem = 3

    /// The language's code, such as `de`.
    let code: String

    /// Whether a colour stands behind its noun, as in "pomme rouge".
    let placesColoursAfter: Bool

    /// The endings of plurals and the like, in the order in which they are tried.
    var endings: [Ending] = []

    /// The most words of a phrase, characters where a language does not part words.
    private(set) var longestPhrase = 1

    /// The script that it is written in.
    private(set) var script = PromptWord.Script.alphabetic

    private var entries: [String: GlossaryEntry] = [:]
    /// The keys without the marks of their letters, where these are not keys of other words.
    private var plainKeys: [String: String] = [:]

    init(code: String, placesColoursAfter: Bool) {
        self.code = code
        self.placesColoursAfter = placesColoursAfter
    }

    /// Notes what a form of a word is.
    ///
    /// - Parameter form: Words in small letters with a space between them, or none where the script has none.
    mutating func note(_ form: String, _ change: (inout GlossaryEntry) -> Void) {
        guard let first = form.unicodeScalars.first else { return }
        script = PromptWord.Script(first)
        let length = script == .ideographic ? form.unicodeScalars.count : form.utf8.count { $0 == 0x20 } + 1
        longestPhrase = max(longestPhrase, length)
        change(&entries[form, default: GlossaryEntry()])
        let plain = Self.plain(form)
        if plain != form, plainKeys[plain] == nil { plainKeys[plain] = form }
    }

    /// What a word or phrase is, as the glossary has it or in another form.
    func entry(for key: String) -> GlossaryEntry? {
        if let entry = entries[key] { return entry }
        let plain = Self.plain(key)
        if let entry = entry(forPlain: plain) { return entry }
        // The article is a part of the word.
        if script == .arabic, plain.hasPrefix("ال"), let entry = entry(forPlain: plain.dropFirst(2)) { return entry }
        for ending in endings where plain.hasSuffix(ending.other) {
            let stem = plain.dropLast(ending.other.count)
            if stem.count >= Self.shortestStem, let entry = entry(forPlain: stem + ending.own), entry.noun != nil {
                return entry
            }
        }
        return nil
    }

    /// All words and phrases that name things and colours.
    var names: [String] {
        entries.filter { $0.value.noun != nil || $0.value.colour != nil }.keys.sorted()
    }

    /// All others.
    var smallWords: [String] {
        entries.filter { $0.value.noun == nil && $0.value.colour == nil }.keys.sorted()
    }

    private func entry(forPlain plain: some StringProtocol) -> GlossaryEntry? {
        entries[String(plain)] ?? plainKeys[String(plain)].flatMap { entries[$0] }
    }

    /// A word without the marks of Latin and Arabic letters, which many leave out when they type.
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { 0xC0..<0x3000 ~= $0.value }) else { return text }
        var plain = ""
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "\u{300}"..."\u{36F}", "\u{640}", "\u{64B}"..."\u{655}": break
            case "ß": plain += "ss"
            case "œ": plain += "oe"
            case "æ": plain += "ae"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }
}
