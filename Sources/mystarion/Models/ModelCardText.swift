import Web

/// A model's card (README.md), as far as it speaks of data and licences.
struct ModelCardText {
    /// The licence that the card's head names.
    var license: String?

    /// The sections about data and licences, as plain text.
    var sections: [ModelPapers.Section] = []

    init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
            license = Self.license(lines[..<end])
            lines = lines[(end + 1)...]
        }
        var heading = ""
        var body: [Substring] = []
        for line in lines + ["# "] {
            guard line.hasPrefix("#"), let space = line.firstIndex(of: " "), line[..<space].allSatisfy({ $0 == "#" })
            else {
                body.append(line)
                continue
            }
            let text = Self.plain(Self.unwrapped(body))
            if Self.isOfInterest(heading), !text.isEmpty {
                sections.append(ModelPapers.Section(heading: heading, text: text))
            }
            heading = Self.plain(String(line[space...]))
            body = []
        }
    }

    private static func license(_ head: ArraySlice<Substring>) -> String? {
        for line in head where line.hasPrefix("license:") {
            let value = line.dropFirst("license:".count).filter { $0 != "\"" && $0 != "'" && $0 != " " }
            return value.isEmpty || value.count > 100 ? nil : String(value)
        }
        return nil
    }

    private static func isOfInterest(_ heading: String) -> Bool {
        let words = heading.lowercased()
        return ["licen", "training data", "data and", "dataset"].contains { words.contains($0) } || words == "data"
    }

    /// Paragraphs as one line each; lists and tables keep their lines.
    private static func unwrapped(_ lines: [Substring]) -> String {
        var text = ""
        var previous: Substring = ""
        for line in lines {
            let joins = !previous.isEmpty && line.first.map { !"-*|>#0123456789 ".contains($0) } == true
            text += (joins ? " " : "\n") + line
            previous = line
        }
        return text
    }

    /// Text without the marks of Markdown for code and bold words, and without spaces around it.
    private static func plain(_ text: String) -> String {
        var text = text.replacing("**", with: "").replacing("`", with: "")
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop { $0.isWhitespace })
    }
}
