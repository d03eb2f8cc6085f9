internal import Imaging
internal import Studio

/// What the addresses for pictures have in common: the model, the settings, and how the answer is to look.
struct ImageOptions {
    var settings: GenerationSettings
    var output = ImageOutput()

    /// The parameters that are read here.
    static let names = GenerationSettings.samplingNames.union([
        "background", "guidance_scale", "model", "n", "output_compression", "output_format", "partial_images",
        "quality", "response_format", "safety_identifier", "sampler", "seed", "size", "steps", "stream", "user",
    ])

    /// Reads the parameters, each of which may be missing.
    ///
    /// - Parameter automaticSize: The size when none is chosen.
    init<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters, model: ModelCard, limits: RequestLimits,
        automaticSize: (width: Int, height: Int)
    ) throws(WebError) {
        if let name = try parameters.word("model"), !Self.isName(name, of: model) {
            throw .modelNotFound(model.identifier)
        }
        settings = GenerationSettings(for: model)
        (settings.width, settings.height) = try Self.size(parameters) ?? automaticSize
        output.quality = try parameters.choice("quality") ?? .auto
        settings.steps = output.quality.steps(from: model.defaultSteps, limit: limits.steps.upperBound)
        settings.steps = try parameters.integer("steps") ?? settings.steps
        settings.guidanceScale = try parameters.number("guidance_scale") ?? settings.guidanceScale
        settings.sampler = try parameters.word("sampler") ?? settings.sampler
        try settings.readSampling(parameters)
        settings.count = try parameters.integer("n") ?? 1
        settings.seed = try parameters.integer("seed", UInt64.self)
        try readOutput(parameters)
        try readStream(parameters)
        // Accepted without effect: nobody is told apart here.
        _ = try parameters.word("user")
        _ = try parameters.word("safety_identifier")
    }

    private enum ResponseFormat: String, CaseIterable { case url, b64JSON = "b64_json" }
    private enum Background: String, CaseIterable { case transparent, opaque, auto }

    private mutating func readOutput<Parameters: RequestParameters & ~Copyable>(
        _ parameters: borrowing Parameters
    ) throws(WebError) {
        output.asURL = try parameters.choice("response_format", ResponseFormat.self) == .url
        output.format = try parameters.choice("output_format") ?? .png
        output.compression = try parameters.integer("output_compression") ?? 100
        guard 0...100 ~= output.compression else {
            throw .badRequest(
                .invalidValue, "'output_compression' must be from 0 to 100.", parameter: "output_compression")
        }
        if try parameters.choice("background", Background.self) == .transparent {
            throw .badRequest(
                .unsupported, "The model cannot make transparent backgrounds; 'background' is opaque or auto.",
                parameter: "background")
        }
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
        guard !(output.isStreamed && output.asURL) else {
            throw .badRequest(
                .unsupported, "A stream carries pictures as b64_json; leave 'response_format' out.",
                parameter: "response_format")
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
