internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The frame that all documents share, and how a text becomes one of them.
struct DocumentTemplate: Sendable {
    private let template = PageTemplate(PackageResources.document_html)

    /// The documents, in the order in which they are offered.
    private static let all: [(route: Route, name: String)] = [
        (.page, "Make a picture"), (.privacy, "Privacy"), (.terms, "Terms"), (.transparency, "Transparency"),
        (.about, "About"),
    ]

    /// A text as a page.
    ///
    /// - Parameters:
    ///   - text: The text; of it only the sentences whose conditions hold are shown.
    ///   - route: Where the page is.
    ///   - facts: What holds, and what values stand for.
    ///   - insertions: What stands where the text has a block's name, as HTML.
    func page(_ text: DocumentText, at route: Route, facts: ServiceFacts, insertions: [String: String]) -> Response {
        let values = facts.values
        let body = text.sections.map { html($0, facts: facts, values: values, insertions: insertions) }.joined()
        let navigation = Self.all.map { other, name in
            let current = other == route ? #" aria-current="page""# : ""
            return #"<li><a href="\#(other.rawValue)"\#(current)>\#(name)</a></li>"#
        }
        let filled = template.filled([
            "title": escapedHTML(text.title), "body": body, "navigation": navigation.joined(separator: "\n      "),
        ])
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: filled)))
    }

    private func html(
        _ section: DocumentText.Section, facts: ServiceFacts, values: [String: String], insertions: [String: String]
    ) -> String {
        func sentences(_ all: [DocumentText.Sentence]) -> String {
            all.filter { sentence in sentence.conditions.allSatisfy { facts.holds($0.fact) == $0.isSo } }
                .map { #"<span data-sentence="\#($0.name)">\#($0.words.filled(values))</span>"# }
                .joined(separator: "\n")
        }
        let blocks = section.blocks.map { block in
            switch block {
            case .paragraph(let paragraph):
                let words = sentences(paragraph)
                return words.isEmpty ? "" : "<p>\(words)</p>\n"
            case .list(let items):
                let words = items.map(sentences).filter { !$0.isEmpty }
                return words.isEmpty ? "" : "<ul>\n\(words.map { "<li>\($0)</li>\n" }.joined())</ul>\n"
            case .insertion(let name): return insertions[name] ?? ""
            }
        }.joined()
        guard !section.heading.isEmpty else { return #"<div class="lead">\#(blocks)</div>"# + "\n" }
        guard !blocks.isEmpty else { return "" }
        let anchor = section.heading.lowercased().filter { $0.isASCII && ($0.isLetter || $0 == " ") }
            .split(separator: " ").joined(separator: "-")
        return """
            <section aria-labelledby="\(anchor)">
            <h2 id="\(anchor)">\(escapedHTML(section.heading))</h2>
            \(blocks)</section>

            """
    }
}
