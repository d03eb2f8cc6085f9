internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import Studio
internal import Synchronization

/// `GET` and `POST /sdapi/v1/options`: settings that hold for everyone, and so can be read and not changed.
///
/// Clients send options that they have read back, perhaps with another model: what is in force already is accepted. Some
/// switches concern the web UI's own page and nothing here; they can be turned, since programs look whether they were,
/// and are forgotten when the server ends.
final class A1111Options: Sendable {
    private enum Value: Sendable {
        case boolean(Bool)
        case integer(Int)
        case number(Double)
        case word(String)
        case words([String])
    }

    private let options: [(name: String, value: Value)]
    private let model: ModelCard

    /// The switches of the web UI's page; one bit each, and nothing else that anybody sent.
    private let switches = Mutex(["send_seed": true, "send_size": true, "show_progressbar": true])

    init(model: ModelCard) {
        self.model = model
        options = [
            ("samples_save", .boolean(false)), ("samples_format", .word("png")), ("grid_save", .boolean(false)),
            ("return_grid", .boolean(false)), ("save_init_img", .boolean(false)),
            ("save_images_before_face_restoration", .boolean(false)), ("enable_pnginfo", .boolean(false)),
            ("save_txt", .boolean(false)), ("jpeg_quality", .integer(PixelBuffer.defaultQuality)),
            ("sd_model_checkpoint", .word(model.identifier)), ("sd_vae", .word("Automatic")),
            ("sd_hypernetwork", .word("None")), ("sd_lora", .word("None")), ("CLIP_stop_at_last_layers", .integer(1)),
            ("emphasis", .word("Original")), ("enable_emphasis", .boolean(true)),
            ("comma_padding_backtrack", .integer(20)), ("face_restoration", .boolean(false)),
            ("img2img_background_color", .word("#ffffff")), ("img2img_color_correction", .boolean(false)),
            ("img2img_fix_steps", .boolean(false)), ("img2img_extra_noise", .number(0)),
            ("initial_noise_multiplier", .number(1)), ("inpainting_mask_weight", .number(1)),
            ("eta_ddim", .number(0)), ("eta_ancestral", .number(1)), ("eta_noise_seed_delta", .integer(0)),
            ("s_churn", .number(0)), ("s_tmin", .number(0)), ("s_tmax", .number(0)), ("s_noise", .number(1)),
            ("s_min_uncond", .number(0)), ("token_merging_ratio", .number(0)), ("tiling", .boolean(false)),
            ("randn_source", .word("CPU")), ("upscaler_for_img2img", .word("None")), ("hide_samplers", .words([])),
            ("live_previews_enable", .boolean(true)), ("show_progress_every_n_steps", .integer(1)),
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
            case .number(let number): body.writeString("\(number)")
            case .word(let word): body.writeJSONString(word)
            case .words(let words): JSONText.list(words.map(JSONText.text)).write(to: &body)
            }
        }
        for (name, isOn) in switches.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            body.writeString(#","\#(name)":\#(isOn)"#)
        }
        body.writeStaticString("}")
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }

    /// Accepts settings that are in force already, and refuses to change any that concerns pictures.
    func set(_ request: Request, _ admission: Admission) async throws -> Response {
        try request.requireBody("application/json")
        let document = try JSONDocument(try await request.body.secret(admission.bodies))
        var turned: [(name: String, isOn: Bool)] = []
        for name in try document.names(of: []) {
            let path = JSONPath(name)
            if switches.withLock({ $0[name] }) != nil {
                if let isOn = try document.lenientFlag(path) { turned.append((name, isOn)) }
                continue
            }
            if name == "sd_model_checkpoint", let word = try document.name(path) {
                guard model.isCalled(inA1111: word) else {
                    throw WebError.notOffered("sd_model_checkpoint", "This server has only \(model.identifier).")
                }
                continue
            }
            guard try isInForce(name, path, document) else {
                throw WebError(
                    .forbidden, .unsupported,
                    "Settings hold for everyone and cannot be changed; send 'override_settings' with a request instead."
                )
            }
        }
        switches.withLock { switches in
            for (name, isOn) in turned { switches[name] = isOn }
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(staticString: "null")))
    }

    private func isInForce(
        _ name: String, _ path: JSONPath, _ document: borrowing JSONDocument
    ) throws(WebError) -> Bool {
        if let fixed = A1111FixedOption.all[name] { return try fixed.holds(path, in: document) }
        guard let option = options.first(where: { $0.name == name }) else { return false }
        switch option.value {
        case .boolean(let boolean): return try document.lenientFlag(path) ?? boolean == boolean
        case .integer(let integer): return try document.leniently(path) ?? integer == integer
        case .number(let number): return try document.lenientNumber(path) ?? Float(number) == Float(number)
        case .word(let word): return try document.word(path) ?? word == word
        case .words(let words): return try document.count(of: path) ?? words.count == words.count
        }
    }
}
