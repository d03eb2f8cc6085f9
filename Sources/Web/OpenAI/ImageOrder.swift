internal import Imaging
internal import Privacy
internal import Studio

/// A request for pictures in the OpenAI API's terms: what the studio needs, and how the answer is to look.
struct ImageOrder: ~Copyable, Sendable {
    var request: GenerationRequest
    let output: ImageOutput

    /// Gives the studio its part.
    consuming func takeRequest() -> GenerationRequest { request }
}

extension ImageOrder {
    private static let generationNames = ImageOptions.names.union(["moderation", "negative_prompt", "prompt", "style"])

    private enum Moderation: String, CaseIterable { case low, auto }
    private enum Style: String, CaseIterable { case vivid, natural }

    /// Reads the body of `POST /v1/images/generations`: that of the OpenAI API, with settings that it lacks.
    init(generation document: consuming JSONDocument, model: ModelCard, limits: RequestLimits) throws(WebError) {
        try document.allowOnly(Self.generationNames)
        let options = try ImageOptions(
            document, model: model, limits: limits, automaticSize: (model.defaultWidth, model.defaultHeight))
        // Accepted without effect: what they ask for has no counterpart here.
        _ = try document.choice("moderation", Moderation.self)
        _ = try document.choice("style", Style.self)
        let request = GenerationRequest(
            prompt: try document.requiredPrompt(), negativePrompt: try document.secret("negative_prompt") ?? Prompt(""),
            settings: options.settings)
        self.init(request: request, output: options.output)
    }
}

extension RequestParameters where Self: ~Copyable {
    /// The prompt, which must be there and say something.
    func requiredPrompt() throws(WebError) -> Prompt {
        guard let prompt = try secret("prompt"), !prompt.isBlank else {
            throw .badRequest(
                .missingParameter, "'prompt' is missing or empty; say what the picture should show.",
                parameter: "prompt")
        }
        return prompt
    }
}
