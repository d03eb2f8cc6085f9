/// Reads a document's text line by line.
struct DocumentTextParser {
    /// A sentence whose lines are not all read yet.
    private struct Pending {
        let name: String
        let conditions: [(fact: Fact, isSo: Bool)]
        var text: String
    }

    private var title: String?
    private var sections = [DocumentText.Section(heading: "")]
    private var items: [[Pending]] = []
    private var isList = false
    private var names: Set<String> = []

    mutating func read(_ line: Substring) throws(DocumentTextError) {
        if line.isEmpty {
            close()
        } else if line.hasPrefix("# ") {
            guard title == nil else { throw DocumentTextError(reason: "a second title") }
            title = String(line.dropFirst(2))
        } else if line.hasPrefix("## ") {
            close()
            sections.append(DocumentText.Section(heading: String(line.dropFirst(3))))
        } else if line.hasPrefix("{{"), line.hasSuffix("}}") {
            close()
            append(.insertion(String(line.dropFirst(2).dropLast(2))))
        } else if line.hasPrefix("- [") {
            guard isList || items.isEmpty else { throw DocumentTextError(reason: "a list inside a paragraph") }
            isList = true
            items.append([try sentence(line.dropFirst(2))])
        } else if case let words = line.drop(while: { $0 == " " }), words.hasPrefix("["), !isContinuedLink(words) {
            let sentence = try sentence(words)
            if items.isEmpty { items.append([]) }
            items[items.count - 1].append(sentence)
        } else {
            guard var item = items.last, let last = item.indices.last else {
                throw DocumentTextError(reason: "words that belong to no sentence")
            }
            item[last].text += " " + line.drop { $0 == " " }
            items[items.count - 1] = item
        }
    }

    mutating func finish() throws(DocumentTextError) -> (title: String, sections: [DocumentText.Section]) {
        close()
        guard let title else { throw DocumentTextError(reason: "no title") }
        return (title, sections.filter { !$0.blocks.isEmpty })
    }

    private func isContinuedLink(_ line: Substring) -> Bool {
        guard let end = line.firstIndex(of: "]") else { return true }
        return line[end...].hasPrefix("](")
    }

    private mutating func sentence(_ line: Substring) throws(DocumentTextError) -> Pending {
        guard let end = line.firstIndex(of: "]"), line[end...].hasPrefix("] ") else {
            throw DocumentTextError(reason: "a sentence begins with [its-name] and a space")
        }
        let parts = line[line.index(after: line.startIndex)..<end].split(separator: " ").map(String.init)
        guard let name = parts.first, names.insert(name).inserted else {
            throw DocumentTextError(reason: "a sentence without a name, or with one that is taken")
        }
        return Pending(
            name: name, conditions: try conditions(parts.dropFirst()),
            text: String(line[end...].dropFirst(2)))
    }

    /// Reads `when this and no that`.
    private func conditions(_ words: ArraySlice<String>) throws(DocumentTextError) -> [(fact: Fact, isSo: Bool)] {
        guard let first = words.first else { return [] }
        guard first == "when" else { throw DocumentTextError(reason: "'when' is expected behind a sentence's name") }
        var conditions: [(fact: Fact, isSo: Bool)] = []
        for part in words.dropFirst().split(separator: "and", omittingEmptySubsequences: false) {
            let isSo = part.first != "no"
            guard let name = isSo ? part.first : part.dropFirst().first, part.count == (isSo ? 1 : 2),
                let fact = Fact(name: name)
            else { throw DocumentTextError(reason: "no fact of that name") }
            conditions.append((fact, isSo))
        }
        return conditions
    }

    /// Ends a paragraph or a list.
    private mutating func close() {
        guard !items.isEmpty else { return }
        let sentences = items.map { item in
            item.map { pending in
                DocumentText.Sentence(
                    name: pending.name, conditions: pending.conditions,
                    words: PageTemplate(Array(markup(escapedHTML(pending.text)[...]).utf8)))
            }
        }
        append(isList ? .list(sentences) : .paragraph(sentences[0]))
        items = []
        isList = false
    }

    private mutating func append(_ block: DocumentText.Block) {
        sections[sections.count - 1].blocks.append(block)
    }
}

/// Bold words, code and links as HTML, in text that is HTML otherwise.
private func markup(_ text: Substring) -> String {
    var html = ""
    var rest = text
    while let character = rest.first {
        if rest.hasPrefix("**"), let end = rest.dropFirst(2).firstRange(of: "**") {
            html += "<strong>\(markup(rest[..<end.lowerBound].dropFirst(2)))</strong>"
            rest = rest[end.upperBound...]
        } else if character == "`", let end = rest.dropFirst().firstIndex(of: "`") {
            html += "<code>\(rest[rest.index(after: rest.startIndex)..<end])</code>"
            rest = rest[rest.index(after: end)...]
        } else if character == "[", let middle = rest.firstRange(of: "]("),
            let end = rest[middle.upperBound...].firstIndex(of: ")")
        {
            let words = rest[rest.index(after: rest.startIndex)..<middle.lowerBound]
            html += #"<a href="\#(rest[middle.upperBound..<end])">\#(words)</a>"#
            rest = rest[rest.index(after: end)...]
        } else {
            html.append(character)
            rest.removeFirst()
        }
    }
    return html
}
