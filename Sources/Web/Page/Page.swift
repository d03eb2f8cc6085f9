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

    init(studio: Studio) {
        self.studio = studio
        values = Dictionary(
            uniqueKeysWithValues: PageLanguage.allCases.map { language in
                (language, PageChoices(studio: studio, language: language).values)
            })
    }

    /// The page without a picture.
    func show(_ request: Request) -> Response {
        render(in: PageLanguage(accepting: request.headers[.acceptLanguage]), status: .ok)
    }

    /// Answers the form as browsers without scripts send it: the page again, with the pictures in it.
    func submit(_ request: Request, _ admission: Admission) async throws -> Response {
        let language = PageLanguage(accepting: request.headers[.acceptLanguage])
        do {
            try request.requireBody("application/x-www-form-urlencoded")
            return try await request.body.consumeWithCancellationOnInboundClose { body in
                let form = try FormDocument(try await body.secret())
                let order = try PictureOrder(form, model: studio.model)
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
        return """
            <figure>
              <img src="\(address)" width="\(picture.width)" height="\(picture.height)" \
            alt="\(words["t.pictureAlone"] ?? "")">
              <figcaption>
                <span class="facts">\(picture.width) × \(picture.height) · \(words["t.seed"] ?? "") \(picture.seed)</span>
                <a class="quiet" href="\(address)" download="mystarion-\(picture.seed).png">\(words["t.save"] ?? "")</a>
              </figcaption>
            </figure>
            """
    }

    private func render(
        in language: PageLanguage, status: HTTPResponse.Status, pictures: String = "", count: Int = 1,
        problem: String? = nil, headers: HTTPFields = [:]
    ) -> Response {
        var values = values[language] ?? [:]
        values["pictures"] = pictures
        values["pictureCount"] = "\(count)"
        values["emptyHidden"] = pictures.isEmpty && problem == nil ? "" : " hidden"
        values["problemHidden"] = problem == nil ? " hidden" : ""
        values["problem"] = escapedHTML(problem ?? "")
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentLanguage] = language.tag
        headers[.vary] = "Accept-Language"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: template.filled(values))))
    }
}
