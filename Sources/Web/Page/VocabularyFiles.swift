internal import Diffusion
internal import Hummingbird
internal import Studio
internal import Synchronization

/// What the page completes prompts from: for each of its languages a file of the words that the model knows.
///
/// The model's own words and phrases come first, one a line; after an empty line those of the language that name things
/// and colours, and after another its small words. A file is made when somebody asks for it first.
final class VocabularyFiles: Sendable {
    private let model: ModelCard
    private let files = Mutex<[PageLanguage: StaticFile]>([:])

    init(model: ModelCard) { self.model = model }

    /// The file of a name, such as `de.txt`.
    func find(_ name: String?, for request: Request) throws(WebError) -> Response {
        guard !model.vocabulary.isEmpty, let name,
            let language = PageLanguage.allCases.first(where: { name == "\($0.rawValue).txt" })
        else { throw .unknownURL }
        return file(for: language).response(to: request)
    }

    private func file(for language: PageLanguage) -> StaticFile {
        files.withLock { files in
            if let file = files[language] { return file }
            let file = StaticFile(Array(text(in: language).utf8), type: "text/plain; charset=utf-8")
            files[language] = file
            return file
        }
    }

    private func text(in language: PageLanguage) -> String {
        let forms = model.glossary?.forms(in: language.rawValue) ?? (names: [], others: [])
        return [model.vocabulary, forms.names, forms.others].map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n") + "\n"
    }
}
