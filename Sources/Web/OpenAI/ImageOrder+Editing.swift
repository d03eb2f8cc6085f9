internal import Imaging
internal import Privacy
internal import Studio

extension ImageOrder {
    private static let editNames = ImageOptions.names.union(["mask_blur", "negative_prompt", "prompt", "strength"])
    private static let variationNames = ImageOptions.names.union(["strength"])

    /// Reads the body of `POST /v1/images/edits`: that of the OpenAI API, with settings that it lacks.
    ///
    /// With a mask, or where the picture itself is transparent, what is marked is drawn anew from noise; else so much of
    /// the whole picture as `strength` or `input_fidelity` says.
    init<Body: ImageEditBody & ~Copyable>(
        edit body: borrowing Body, model: ModelCard, limits: RequestLimits
    ) throws(WebError) {
        try body.allowOnly(Self.editNames.union(Body.pictureNames))
        let prompt = try body.requiredPrompt()
        let picture = try body.picture()
        let mask = try body.mask(for: picture.info)
        var options = try ImageOptions(body, model: model, limits: limits)
        let strength = try body.number("strength")
        let usualStrength: Float = mask != nil ? 1 : options.inputFidelity == .high ? 0.5 : options.settings.strength
        options.settings.strength = strength ?? usualStrength
        options.settings.maskBlur = try body.integer("mask_blur") ?? options.settings.maskBlur
        try self.init(
            prompt: prompt, negativePrompt: try body.secret("negative_prompt") ?? Prompt(""), options: options,
            picture: picture, mask: mask, transparencyStrength: strength ?? 1)
    }

    /// Reads the body of `POST /v1/images/variations`: that of the OpenAI API, with settings that it lacks.
    init(variation form: borrowing MultipartDocument, model: ModelCard, limits: RequestLimits) throws(WebError) {
        try form.allowOnly(Self.variationNames.union(["image"]))
        guard let picture = try form.imageFile("image") else { throw .missingPicture }
        var options = try ImageOptions(form, model: model, limits: limits)
        // Half of the steps keep what the picture shows, and change how it looks.
        options.settings.strength = try form.number("strength") ?? 0.5
        try self.init(prompt: Prompt(""), negativePrompt: Prompt(""), options: options, picture: picture, mask: nil)
    }

    private init(
        prompt: consuming Prompt, negativePrompt: consuming Prompt, options: ImageOptions,
        picture: consuming ImageFile, mask: consuming ImageFile?, transparencyStrength: Float? = nil
    ) throws(WebError) {
        var request = GenerationRequest(prompt: prompt, negativePrompt: negativePrompt, settings: options.settings)
        request.upload = ImageUpload(
            image: picture, mask: mask, maskReading: .transparency, transparencyStrength: transparencyStrength)
        try request.requireWritable(as: options.output.format, "output_format")
        self.init(request: request, output: options.output)
    }
}
