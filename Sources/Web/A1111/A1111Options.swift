internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Studio

/// `GET` and `POST /sdapi/v1/options`: settings that hold for everyone, and so can be read and not changed.
struct A1111Options: Sendable {
    private enum Value {
        case boolean(Bool)
        case integer(Int)
        case word(String)
    }

    private let options: [(name: String, value: Value)]

    init(model: ModelCard) {
        options = [
            ("samples_save", .boolean(false)), ("samples_format", .word("png")), ("grid_save", .boolean(false)),
            ("save_init_img", .boolean(false)), ("save_images_before_face_restoration", .boolean(false)),
            ("enable_pnginfo", .boolean(false)), ("save_txt", .boolean(false)),
            ("sd_model_checkpoint", .word(model.identifier)), ("sd_vae", .word("Automatic")),
            ("CLIP_stop_at_last_layers", .integer(1)), ("emphasis", .word("Original")),
            ("comma_padding_backtrack", .integer(20)), ("face_restoration", .boolean(false)),
            ("img2img_background_color", .word("#ffffff")), ("live_previews_enable", .boolean(true)),
            ("disable_console_progressbars", .boolean(true)),
        ]
    }

    /// The settings.
    func list() -> Response {
        var body = ByteBuffer()
        for (index, (name, value)) in options.enumerated() {
            body.writeStaticString(index == 0 ? "{" : ",")
            body.writeJSONString(name)
            body.writeStaticString(":")
            switch value {
            case .boolean(let boolean): body.writeString("\(boolean)")
            case .integer(let integer): body.writeString("\(integer)")
            case .word(let word): body.writeJSONString(word)
            }
        }
        body.writeStaticString("}")
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }

    /// Accepts settings that are in force already, and refuses to change any.
    func set(_ request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json")
        let document = try JSONDocument(try await request.body.secret(admission.bodies))
        for name in try document.names(of: []) {
            guard let option = options.first(where: { $0.name == name }), try isInForce(option.value, name, document)
            else {
                throw WebError(
                    .forbidden, .unsupported,
                    "Settings hold for everyone and cannot be changed; send 'override_settings' with a request instead."
                )
            }
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(staticString: "null")))
    }

    private func isInForce(_ value: Value, _ name: String, _ document: borrowing JSONDocument) throws(WebError) -> Bool
    {
        let path = JSONPath(components: [.name(name)])
        return switch value {
        case .boolean(let boolean): try document.boolean(path) == boolean
        case .integer(let integer): try document.integer(path) == integer
        case .word(let word): try document.word(path) == word
        }
    }
}
