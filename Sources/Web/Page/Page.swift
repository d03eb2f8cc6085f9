internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import Privacy
internal import Studio

/// The one page: a form that works by itself, which a script makes livelier.
struct Page: Sendable {
    let studio: Studio
    private let template = PageTemplate(PackageResources.index_html)

    init(studio: Studio) {
        self.studio = studio
    }

    /// The page without a picture.
    func show() -> Response {
        render(status: .ok)
    }

    /// Answers the form as browsers without scripts send it: the page again, with the pictures in it.
    func submit(_ request: Request, _ admission: Admission) async throws -> Response {
        do {
            try request.requireBody("application/x-www-form-urlencoded")
            return try await request.body.consumeWithCancellationOnInboundClose { body in
                let form = try FormDocument(try await body.secret())
                let order = try PictureOrder(form, model: studio.model)
                let pictures = try await studio.generate(admission.admit(order.takeRequest()))
                let figures = try pictures.map(figure).joined(separator: "\n")
                return render(status: .ok, pictures: figures, count: pictures.count, headers: [.connection: "close"])
            }
        } catch {
            eraseStack()
            let error = WebError(error)
            return render(status: error.status, problem: error.message, headers: error.headers)
        }
    }

    private func figure(_ picture: Picture) throws -> String {
        var text = ByteBuffer()
        text.writeBase64(try picture.encoded(as: .png) ?? [])
        let address = "data:image/png;base64,\(String(buffer: text))"
        return """
            <figure>
              <img src="\(address)" width="\(picture.width)" height="\(picture.height)" alt="The generated picture">
              <figcaption>
                <span class="facts">\(picture.width) × \(picture.height) · seed \(picture.seed)</span>
                <a class="quiet" href="\(address)" download="mystarion-\(picture.seed).png">Download</a>
              </figcaption>
            </figure>
            """
    }

    private func render(
        status: HTTPResponse.Status, pictures: String = "", count: Int = 1, problem: String? = nil,
        headers: HTTPFields = [:]
    ) -> Response {
        var values = choices
        values["pictures"] = pictures
        values["pictureCount"] = "\(count)"
        values["emptyHidden"] = pictures.isEmpty && problem == nil ? "" : " hidden"
        values["problemHidden"] = problem == nil ? " hidden" : ""
        values["problem"] = escapedHTML(problem ?? "")
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: template.filled(values))))
    }

    /// What the model and the limits offer, as HTML.
    private var choices: [String: String] {
        let model = studio.model
        let limits = studio.configuration.limits
        return [
            "modelIdentifier": escapedHTML(model.identifier),
            "modelName": escapedHTML(model.name),
            "placeholder": escapedHTML(model.suggestedPrompts.first.map { "for example: \($0)" } ?? ""),
            "promptLimit": "\(limits.maximumPromptLength)",
            "suggestions": model.suggestedPrompts.prefix(6).map {
                #"<button type="button">\#(escapedHTML($0))</button>"#
            }.joined(),
            "sizes": SizeChoice.all(for: model, limits: limits).map { size in
                #"<option value="\#(size.width)x\#(size.height)">\#(size.name) · \#(size.width) × \#(size.height)</option>"#
            }.joined(),
            "counts": [1, 2, 4].filter(limits.counts.contains).map { "<option>\($0)</option>" }.joined(),
            "steps": "\(model.defaultSteps)",
            "guidance": "\(model.defaultGuidanceScale)",
        ]
    }
}
