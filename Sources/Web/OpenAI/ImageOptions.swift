internal import Imaging
internal import Studio

/// What the addresses for pictures have in common: the model, the settings, and how the answer is to look.
struct ImageOptions {
    var settings: GenerationSettings
    var output = ImageOutput()

    /// How much of a picture is to be kept, if the request says so.
    var inputFidelity: InputFidelity?

    /// The parameters that are read here: those of all the API's addresses, since clients send one set to each, and
    /// additions.
    static let names = GenerationSettings.samplingNames.union([
        "background", "clip_skip", "guidance_scale", "input_fidelity", "metadata", "model", "moderation", "n",
        "output_compression", "output_format", "partial_images", "prompt_syntax", "quality", "response_format",
        "safety_identifier", "sampler", "seed", "size", "steps", "stream", "style", "user",
    ])

    /// Reads the parameters, each of which may be missing. Without a size, a picture that is made of another keeps its
    /// size.
    init<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters, model: ModelCard, limits: RequestLimits
    ) throws(WebError) {
        let name = try parameters.word("model")
        if let name, !Self.isName(name, of: model) { throw .modelNotFound(model.identifier) }
        settings = GenerationSettings(for: model)
        if let size = try Self.size(parameters) {
            (settings.width, settings.height) = size
        } else {
            settings.keepsImageSize = true
        }
        output.quality = try parameters.choice("quality") ?? .auto
        settings.steps = output.quality.steps(from: model.defaultSteps, limit: limits.steps.upperBound)
        settings.steps = try parameters.integer("steps") ?? settings.steps
        settings.guidanceScale = try parameters.number("guidance_scale") ?? settings.guidanceScale
        settings.sampler = try parameters.word("sampler") ?? settings.sampler
        settings.clipSkip = try parameters.integer("clip_skip") ?? settings.clipSkip
        settings.promptSyntax = try parameters.choice("prompt_syntax") ?? settings.promptSyntax
        try settings.readSampling(parameters)
        settings.count = try parameters.integer("n") ?? 1
        settings.seed = try parameters.seed()
        inputFidelity = try parameters.choice("input_fidelity")
        try readStream(parameters)
        try readOutput(parameters, model: name)
        try Self.readWithoutEffect(parameters)
    }

    /// How much of a picture is to be kept.
    enum InputFidelity: String, CaseIterable { case low, high }

    private enum Moderation: String, CaseIterable { case low, auto }
    private enum Style: String, CaseIterable { case vivid, natural }

    /// Accepts what has no counterpart here and changes no picture: nobody is told apart, and nothing is kept.
    /// `metadata` is not even looked at.
    private static func readWithoutEffect<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters
    ) throws(WebError) {
        _ = try parameters.choice("moderation", Moderation.self)
        _ = try parameters.choice("style", Style.self)
        _ = try parameters.word("user")
        _ = try parameters.word("safety_identifier")
    }

    private enum ResponseFormat: String, CaseIterable { case url, b64JSON = "b64_json" }

    /// - Parameter model: What the client calls the model. Clients of the older ones expect addresses unless they ask for
    ///   something else, those of the others the pictures themselves.
    private mutating func readOutput<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters, model: String?
    ) throws(WebError) {
        let usual: ResponseFormat =
            model.map { ["dall-e-2", "dall-e-3"].contains($0) } == true && !output.isStreamed ? .url : .b64JSON
        output.asURL = try parameters.choice("response_format", ResponseFormat.self) ?? usual == .url
        guard !(output.isStreamed && output.asURL) else {
            throw .badRequest(
                .unsupported, "A stream carries pictures as b64_json; leave 'response_format' out.",
                parameter: "response_format")
        }
        output.format = try parameters.imageFormat("output_format") ?? .png
        output.compression = try parameters.integer("output_compression") ?? 100
        guard 0...100 ~= output.compression else {
            throw .badRequest(
                .invalidValue, "'output_compression' must be from 0 to 100.", parameter: "output_compression")
        }
        settings.background = try parameters.choice("background") ?? settings.background
        output.isTransparent = settings.background == .transparent
    }

    private mutating func readStream<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters
    ) throws(WebError) {
        output.isStreamed = try parameters.boolean("stream") ?? false
        let partialImages = try parameters.integer("partial_images") ?? 0
        guard 0...3 ~= partialImages else {
            throw .badRequest(.invalidValue, "'partial_images' must be from 0 to 3.", parameter: "partial_images")
        }
        guard output.isStreamed || partialImages == 0 else {
            throw .badRequest(
                .invalidValue, "'partial_images' needs 'stream' to be true.", parameter: "partial_images")
        }
        settings.previews = partialImages > 0 ? .count(partialImages) : .none
    }

    /// Reads `WIDTHxHEIGHT`; nil for `auto`, and when it is missing.
    private static func size<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters
    ) throws(WebError) -> (width: Int, height: Int)? {
        guard let text = try parameters.word("size"), text != "auto" else { return nil }
        return try PictureOrder.size(text)
    }

    /// Whether a client means the model by a name: its own, or one that clients of the OpenAI API are set to.
    private static func isName(_ name: String, of model: ModelCard) -> Bool {
        name == model.identifier || ["dall-e-2", "dall-e-3", "chatgpt-image-latest"].contains(name)
            || name.hasPrefix("gpt-image-")
    }
}
