import NeuralNetwork

/// Reads a model's `words.tsv`.
///
/// A line is a kind, a word of the model's own language and the forms that another language has for it, with tabs between:
/// `noun`, `colour`, `small`, `ground`, and `on` for what stands beside a ground. `language` begins a language and says whether
/// its colours stand `before` or `after` nouns; `ending` names an ending and what the glossary has in its place; `english` lists
/// words that are the model's own language's too. Lines that begin with `#` are comments.
package struct GlossaryParser {
    package static let fileName = "words.tsv"
    static let maximumBytes = 1 << 20
    static let maximumLanguages = 32
    static let maximumForms = 200_000
    static let maximumLength = 64

    private let path: String
    private var glossary = Glossary()
    private var language: GlossaryLanguage?
    private var line = 0
    private var formCount = 0

    /// Reads the file of a model's folder.
    ///
    /// - Throws: A `ConfigurationError` that names the file and the line.
    package static func glossary(in folder: ComponentFolder) throws(ConfigurationError) -> Glossary {
        let path = folder.file(fileName)
        return try glossary(from: try ModelTextFile.text(at: path, atMost: maximumBytes), at: path)
    }

    /// Reads the text of a file.
    package static func glossary(from text: String, at path: String) throws(ConfigurationError) -> Glossary {
        var parser = GlossaryParser(path: path)
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            parser.line += 1
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            try parser.take(fields.map { Substring($0) })
        }
        parser.endLanguage()
        return parser.glossary
    }

    private init(path: String) { self.path = path }

    private mutating func take(_ fields: [Substring]) throws(ConfigurationError) {
        let kind = fields[0]
        guard fields.count >= 3 else {
            throw problem(String(kind), "a kind, a word and its forms, with tabs between them")
        }
        for field in fields { try check(field) }
        for form in fields.dropFirst(2) { try checkForm(form) }
        if kind == "language" { return try beginLanguage(String(fields[1]), order: fields[2]) }
        if kind == "english" {
            glossary.ownWords.formUnion(fields.dropFirst(2).map(String.init))
            return
        }
        guard language != nil else { throw problem(String(kind), "a line with a language before its words") }
        let (value, forms) = (String(fields[1]), fields.dropFirst(2))
        if value.isEmpty, kind != "small" { throw problem(String(kind), "a word of the model's own language") }
        formCount += forms.count
        guard formCount <= Self.maximumForms else {
            throw problem("more than \(Self.maximumForms) forms", "at most \(Self.maximumForms) forms")
        }
        switch kind {
        case "noun": note(forms) { $0.noun = value }
        case "colour": note(forms) { $0.colour = value }
        case "small": note(forms) { $0.small = value }
        case "ground": note(forms) { $0.ground = value }
        case "on": note(forms) { $0.standsAtGround = true }
        case "ending":
            language?.endings.append(.init(other: value, own: String(forms.first ?? "")))
        default:
            throw problem(String(kind), "language, ending, noun, colour, small, ground, on or english")
        }
    }

    private mutating func note(_ forms: ArraySlice<Substring>, _ change: (inout GlossaryEntry) -> Void) {
        for form in forms { language?.note(String(form), change) }
    }

    private mutating func beginLanguage(_ code: String, order: Substring) throws(ConfigurationError) {
        guard order == "before" || order == "after" else {
            throw problem(String(order), "before or after, which is where colours stand")
        }
        endLanguage()
        guard glossary.languages.count < Self.maximumLanguages else {
            throw problem(code, "at most \(Self.maximumLanguages) languages")
        }
        guard !glossary.languages.contains(where: { $0.code == code }) else {
            throw problem(code, "a language once")
        }
        language = GlossaryLanguage(code: code, placesColoursAfter: order == "after")
    }

    private mutating func endLanguage() {
        if let language { glossary.languages.append(language) }
        language = nil
    }

    /// Words hold nothing that a prompt's syntax gives a meaning.
    private func check(_ field: Substring) throws(ConfigurationError) {
        guard field.unicodeScalars.count <= Self.maximumLength else {
            throw problem(
                "a word of \(field.unicodeScalars.count) characters",
                "words of at most \(Self.maximumLength) characters")
        }
        guard field.unicodeScalars.allSatisfy({ $0.isPartOfWord || " -'&".unicodeScalars.contains($0) }) else {
            throw problem(
                String(field), "words of letters and digits, with spaces, hyphens and apostrophes between them")
        }
    }

    /// Forms are as prompts are looked up: words with a space between them.
    private func checkForm(_ form: Substring) throws(ConfigurationError) {
        var before: UInt8 = 0x20
        for byte in form.utf8 {
            guard byte != 0x20 || before != 0x20, !"-'&".utf8.contains(byte) else {
                throw problem(String(form), "forms of words in small letters with a space between them")
            }
            before = byte
        }
        guard form.isEmpty || before != 0x20 else {
            throw problem(String(form), "forms of words in small letters with a space between them")
        }
    }

    private func problem(_ found: String, _ allowed: String) -> ConfigurationError {
        ConfigurationError(.unsupported, file: path, key: "line \(line)", found: "\"\(found)\"", allowed: allowed)
    }
}
