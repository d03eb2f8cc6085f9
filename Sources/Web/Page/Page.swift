internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import Privacy
internal import Studio

/// The one page: a form that works by itself, which scripts make livelier.
struct Page: Sendable {
    let studio: Studio
    private let template = PageTemplate(PackageResources.index_html)
    /// What the model offers and the words around it, by language; none of it changes while the server runs.
    private let values: [PageLanguage: [String: String]]
    /// The page without a picture, by language.
    private var empty: [PageLanguage: StaticFile] = [:]

    init(studio: Studio) {
        self.studio = studio
        values = Dictionary(
            uniqueKeysWithValues: PageLanguage.allCases.map { language in
                (language, PageChoices(studio: studio, language: language).values)
            })
        empty = Dictionary(
            uniqueKeysWithValues: PageLanguage.allCases.map { language in
                (language, StaticFile(Array(text(in: language).utf8), Self.fields(for: language)))
            })
    }

    /// The page without a picture.
    func show(_ request: Request) -> Response {
        let language = PageLanguage(accepting: request.headers[.acceptLanguage])
        return empty[language]?.response(to: request) ?? render(in: language, status: .ok)
    }

    /// Answers the form as browsers without scripts send it: the page again, with the pictures in it.
    func submit(_ request: Request, _ admission: Admission) async throws -> Response {
        let language = PageLanguage(accepting: request.headers[.acceptLanguage])
        do {
            try request.requireBody("application/x-www-form-urlencoded")
            var request = request
            let body = Parcel(try await request.takeBody(admission.bodies))
            return try await request.untilClientLeaves {
                guard let body = body.take() else { throw CancellationError() }
                let order = try PictureOrder(FormDocument(body), model: studio.model)
                let pictures = try await studio.generate(admission.admit(order.takeRequest()))
                var figures: [String] = []
                for picture in pictures { figures.append(try await figure(picture, in: language)) }
                return render(
                    in: language, status: .ok, pictures: figures.joined(separator: "\n"), count: pictures.count,
                    headers: [.connection: "close"])
            }
        } catch {
            eraseStack()
            let error = WebError(error)
            return render(in: language, status: error.status, problem: error.message, headers: error.headers)
        }
    }

    private func figure(_ picture: Picture, in language: PageLanguage) async throws -> String {
        let text = try await picture.encode(as: .png) { String(buffer: ByteBuffer(base64: $0)) } ?? ""
        let address = "data:image/png;base64,\(text)"
        let words = values[language] ?? [:]
        var facts = ["\(picture.width) × \(picture.height)"]
        let drawn = picture.drawnSize
        if drawn != ImageSize(width: picture.width, height: picture.height) {
            let size = "\(drawn.width) × \(drawn.height)"
            facts.append((words["t.drawnAt"] ?? "{size}").replacing("{size}", with: size))
        }
        facts.append("\(words["t.seed"] ?? "") \(picture.seed)")
        return """
            <figure>
              <img src="\(address)" width="\(picture.width)" height="\(picture.height)" \
            alt="\(words["t.pictureAlone"] ?? "")">
              <figcaption>
                <span class="facts">\(facts.joined(separator: " · "))</span>
            \(seen(picture, words["t.readAs"] ?? ""))\
                <a class="quiet" href="\(address)" download="mystarion-\(picture.seed).png">\(words["t.save"] ?? "")</a>
              </figcaption>
            </figure>
            """
    }

    /// A line that tells what the model read, where that is not what was typed.
    private func seen(_ picture: Picture, _ sentence: String) -> String {
        guard let drawn = picture.drawnPrompts else { return "" }
        switch drawn.prompt {
        case .some(let prompt):
            let text = prompt.withText { escapedHTML(copy $0) }
            return "    <span class=\"facts seen\" dir=\"auto\">\(sentence.replacing("{prompt}", with: text))</span>\n"
        case .none: return ""
        }
    }

    private func render(
        in language: PageLanguage, status: HTTPResponse.Status, pictures: String = "", count: Int = 1,
        problem: String? = nil, headers: HTTPFields = [:]
    ) -> Response {
        let text = text(in: language, pictures: pictures, count: count, problem: problem)
        return Response(
            status: status, headers: Self.fields(for: language, headers),
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private func text(
        in language: PageLanguage, pictures: String = "", count: Int = 1, problem: String? = nil
    ) -> String {
        var values = values[language] ?? [:]
        values["pictures"] = pictures
        values["pictureCount"] = "\(count)"
        values["emptyHidden"] = pictures.isEmpty && problem == nil ? "" : " hidden"
        values["problemHidden"] = problem == nil ? " hidden" : ""
        values["problem"] = escapedHTML(problem ?? "")
        return template.filled(values)
    }

    private static func fields(for language: PageLanguage, _ headers: HTTPFields = [:]) -> HTTPFields {
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentLanguage] = language.tag
        headers.vary(on: "Accept-Language")
        return headers
    }
}
