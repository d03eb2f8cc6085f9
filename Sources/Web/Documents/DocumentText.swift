/// A document's text, in which each sentence has a name and says on which facts it depends.
///
/// The resources are made to be read and edited by people:
///
/// ```
/// # The title
///
/// [sentence-name] A paragraph, of one or more sentences. **Bold**, `code` and [links](/about) are possible.
///
/// ## A heading
///
/// - [other-name when metrics and no rate-limits] An item of a list, that is there only where metrics are served
///   and nothing is limited, with a {{value}} in it.
///
/// {{block}}
/// ```
package struct DocumentText: Sendable {
    /// A sentence, or a few that cannot go without each other.
    struct Sentence: Sendable {
        let name: String
        /// What must be so, or must not.
        let conditions: [(fact: Fact, isSo: Bool)]
        let words: PageTemplate
    }

    /// What is under a heading, in order.
    enum Block: Sendable {
        case paragraph([Sentence])
        case list([[Sentence]])
        /// Something that is made for the place: a table, a list.
        case insertion(String)
    }

    /// A heading and what is under it. What is above the first heading has none.
    struct Section: Sendable {
        let heading: String
        var blocks: [Block] = []
    }

    let title: String
    let sections: [Section]

    /// Reads a text.
    ///
    /// - Throws: The line that cannot be read, and why.
    package init(_ bytes: [UInt8]) throws(DocumentTextError) {
        var parser = DocumentTextParser()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            do {
                try parser.read(line)
            } catch {
                throw DocumentTextError(line: index + 1, reason: error.reason)
            }
        }
        (title, sections) = try parser.finish()
    }

    /// A text that is part of the program, and sound: tests read it.
    static func own(_ bytes: [UInt8]) -> DocumentText {
        do {
            return try DocumentText(bytes)
        } catch {
            preconditionFailure("a document of the program's own is unsound: \(error)")
        }
    }

    /// The names of all sentences, in order.
    package var sentenceNames: [String] {
        sections.flatMap(\.blocks).flatMap { block -> [Sentence] in
            switch block {
            case .paragraph(let sentences): sentences
            case .list(let items): Array(items.joined())
            case .insertion: []
            }
        }.map(\.name)
    }
}

/// A line of a document's text that cannot be read.
package struct DocumentTextError: Error, Equatable {
    package var line = 0
    package let reason: String
}
