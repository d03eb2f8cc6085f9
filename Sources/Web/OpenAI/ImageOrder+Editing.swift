internal import Imaging
internal import Privacy
internal import Studio

extension ImageOrder {
    private static let editNames = ImageOptions.names.union(["input_fidelity", "negative_prompt", "prompt", "strength"])
    private static let variationNames = ImageOptions.names
        .subtracting(["background", "partial_images", "stream"]).union(["strength"])

    private enum InputFidelity: String, CaseIterable { case low, high }

    /// Reads the body of `POST /v1/images/edits`: that of the OpenAI API, with settings that it lacks.
    ///
    /// With a mask, what it marks is drawn anew from noise; without one, so much of the whole picture as `strength`
    /// or `input_fidelity` says.
    init<Body: ImageEditBody & ~Copyable>(
        edit body: borrowing Body, model: ModelCard, limits: RequestLimits
    ) throws(WebError) {
        try body.allowOnly(Self.editNames.union(Body.pictureNames))
        let prompt = try body.requiredPrompt()
        let picture = try body.picture()
        let mask = try body.mask(for: picture.info)
        var options = try ImageOptions(
            body, model: model, limits: limits, automaticSize: picture.info.automaticSize(for: model, limits: limits))
        let fidelity = try body.choice("input_fidelity", InputFidelity.self)
        let usualStrength: Float = mask != nil ? 1 : fidelity == .high ? 0.5 : options.settings.strength
        options.settings.strength = try body.number("strength") ?? usualStrength
        self.init(
            prompt: prompt, negativePrompt: try body.secret("negative_prompt") ?? Prompt(""), options: options,
            picture: picture, mask: mask)
    }

    /// Reads the body of `POST /v1/images/variations`: that of the OpenAI API, with settings that it lacks.
    init(variation form: borrowing MultipartDocument, model: ModelCard, limits: RequestLimits) throws(WebError) {
        try form.allowOnly(Self.variationNames.union(["image"]))
        guard let picture = try form.imageFile("image") else { throw .missingPicture }
        var options = try ImageOptions(
            form, model: model, limits: limits, automaticSize: picture.info.automaticSize(for: model, limits: limits))
        // Half of the steps keep what the picture shows, and change how it looks.
        options.settings.strength = try form.number("strength") ?? 0.5
        self.init(prompt: Prompt(""), negativePrompt: Prompt(""), options: options, picture: picture, mask: nil)
    }

    private init(
        prompt: consuming Prompt, negativePrompt: consuming Prompt, options: ImageOptions,
        picture: consuming ImageFile, mask: consuming ImageFile?
    ) {
        var request = GenerationRequest(prompt: prompt, negativePrompt: negativePrompt, settings: options.settings)
        request.upload = ImageUpload(image: picture, mask: mask, maskReading: .transparency, fitting: .crop)
        self.init(request: request, output: options.output)
    }
}
