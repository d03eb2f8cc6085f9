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
    private static let generationNames = ImageOptions.names.union(["negative_prompt", "prompt"])

    /// Reads the body of `POST /v1/images/generations`: that of the OpenAI API, with settings that it lacks.
    init(generation document: consuming JSONDocument, model: ModelCard, limits: RequestLimits) throws(WebError) {
        try document.allowOnly(Self.generationNames)
        let options = try ImageOptions(document, model: model, limits: limits)
        let request = GenerationRequest(
            prompt: try document.requiredPrompt(), negativePrompt: try document.secret("negative_prompt") ?? Prompt(""),
            settings: options.settings)
        try request.requireWritable(as: options.output.format, "output_format")
        self.init(request: request, output: options.output)
    }
}
