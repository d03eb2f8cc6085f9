internal import Imaging
internal import Privacy
internal import Studio

extension PictureOrder {
    private static let names: Set = [
        "background", "guidance_scale", "model", "moderation", "n", "negative_prompt", "output_compression",
        "output_format", "partial_images", "prompt", "quality", "response_format", "sampler", "seed", "size", "steps",
        "stream", "style", "user",
    ]

    private enum ResponseFormat: String, CaseIterable { case url, b64JSON = "b64_json" }
    private enum Background: String, CaseIterable { case transparent, opaque, auto }
    private enum Moderation: String, CaseIterable { case low, auto }
    private enum Style: String, CaseIterable { case vivid, natural }

    /// Reads the body of `POST /v1/images/generations`, of the OpenAI API with the settings that it lacks.
    ///
    /// Everything but the prompt may be missing or null.
    init(_ document: consuming JSONDocument, model: ModelCard, limits: RequestLimits) throws(WebError) {
        try document.allowOnly(Self.names)

        if let name = try document.word("model"), name != model.identifier {
            throw .modelNotFound(model.identifier)
        }
        guard let prompt = try document.secret("prompt") else {
            throw WebError.badRequest(.missingParameter, "'prompt' is missing.", parameter: "prompt")
        }
        let negativePrompt = try document.secret("negative_prompt")

        var settings = GenerationSettings(for: model)
        let quality = try document.choice("quality", Quality.self) ?? .auto
        settings.steps = quality.steps(from: model.defaultSteps, limit: limits.steps.upperBound)
        settings.steps = try document.integer("steps") ?? settings.steps
        settings.guidanceScale = try document.number("guidance_scale") ?? settings.guidanceScale
        settings.sampler = try document.word("sampler") ?? settings.sampler
        settings.count = try document.integer("n") ?? 1
        settings.seed = try document.integer("seed", UInt64.self) ?? randomSeed()
        if let size = try document.word("size"), size != "auto" {
            (settings.width, settings.height) = try Self.size(size)
        }

        var presentation = Presentation(quality: quality)
        presentation.asURL = try document.choice("response_format", ResponseFormat.self) == .url
        presentation.format = try document.choice("output_format") ?? .png
        presentation.compression = try document.integer("output_compression") ?? 100
        guard 0...100 ~= presentation.compression else {
            throw WebError.badRequest(
                .invalidValue, "'output_compression' must be from 0 to 100.", parameter: "output_compression")
        }
        try Self.refuseUnsupported(document)

        self.init(
            request: GenerationRequest(
                prompt: prompt, negativePrompt: negativePrompt ?? Prompt(""), settings: settings),
            presentation: presentation)
    }

    private static func refuseUnsupported(_ document: borrowing JSONDocument) throws(WebError) {
        if try document.choice("background", Background.self) == .transparent {
            throw WebError.badRequest(
                .unsupported, "Transparent backgrounds cannot be made; 'background' is opaque or auto.",
                parameter: "background")
        }
        if try document.boolean("stream") == true {
            throw WebError.badRequest(
                .unsupported, "Streaming is not supported at this address; leave 'stream' out.",
                parameter: "stream")
        }
        if let partial = try document.integer("partial_images"), partial != 0 {
            throw WebError.badRequest(
                .unsupported, "Partial images are not supported; 'partial_images' must be 0.",
                parameter: "partial_images")
        }
        // Accepted without effect: what they ask for has no counterpart here.
        _ = try document.choice("moderation", Moderation.self)
        _ = try document.choice("style", Style.self)
        _ = try document.word("user")
    }
}
