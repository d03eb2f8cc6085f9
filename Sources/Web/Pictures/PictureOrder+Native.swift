internal import Diffusion
internal import Imaging
internal import Privacy
internal import Studio

extension PictureOrder {
    /// What the body may have.
    static let names = GenerationSettings.samplingNames.union([
        "background", "clip_skip", "format", "guidance_scale", "height", "image", "mask", "mask_blur", "mask_fill",
        "mask_padding",
        "model", "n", "negative_prompt", "previews", "prompt", "prompt_syntax", "quality", "sampler", "seed", "size",
        "steps", "strength", "time_limit", "width",
    ])

    /// How long a request may be allowed to take, in seconds.
    static let timeLimits: ClosedRange<Float> = 1...3_600

    /// Over how many pixels a mask may be blurred, and how many around it may be drawn as well.
    static let maskMargins = 0...256

    /// Reads the body of `POST /api/pictures`.
    ///
    /// Everything but the prompt may be missing or null, and is then as the model was made for. A mask is white where
    /// the picture is drawn anew.
    init(native document: consuming JSONDocument, model: ModelCard, limits: RequestLimits) throws(WebError) {
        try document.allowOnly(Self.names)
        if let name = try document.word("model"), name != model.identifier {
            throw .modelNotFound(model.identifier)
        }
        let prompt = try document.requiredPrompt()
        let negativePrompt = try document.secret("negative_prompt") ?? Prompt("")
        let presentation = try Presentation(native: document)
        let timeLimit = try Self.timeLimit(document)
        let settings = try Self.settings(document, model: model, limits: limits)

        let image = try document.imageFile("image")
        let mask = try document.imageFile("mask")
        var upload: ImageUpload?
        switch consume image {
        case .some(let image):
            upload = ImageUpload(image: image, mask: mask)
        case .none:
            guard mask == nil else {
                throw WebError.badRequest(
                    .missingParameter, "'image' is missing; a mask needs a picture to lie on.", parameter: "image")
            }
        }

        var request = GenerationRequest(prompt: prompt, negativePrompt: negativePrompt, settings: settings)
        request.upload = upload
        request.timeLimit = timeLimit
        try request.requireWritable(as: presentation.format, "format")
        self.init(request: request, presentation: presentation)
    }

    private static func settings(
        _ document: borrowing JSONDocument, model: ModelCard, limits: RequestLimits
    ) throws(WebError) -> GenerationSettings {
        var settings = GenerationSettings(for: model)
        if let size = try size(document) {
            (settings.width, settings.height) = size
        } else {
            settings.keepsImageSize = true
        }
        settings.steps = try document.integer("steps") ?? settings.steps
        settings.guidanceScale = try document.number("guidance_scale") ?? settings.guidanceScale
        settings.sampler = try document.word("sampler") ?? settings.sampler
        settings.seed = try document.seed() ?? randomSeed()
        try settings.readSampling(document)
        settings.count = try document.integer("n") ?? settings.count
        settings.clipSkip = try document.integer("clip_skip") ?? settings.clipSkip
        settings.promptSyntax = try document.choice("prompt_syntax") ?? settings.promptSyntax
        settings.background = try document.choice("background") ?? settings.background
        settings.previews = try previews(document, limits: limits) ?? settings.previews
        settings.strength = try document.number("strength") ?? settings.strength
        settings.maskFill = try document.choice("mask_fill") ?? settings.maskFill
        settings.maskBlur = try pixels(document, "mask_blur") ?? settings.maskBlur
        settings.inpaintArea = try pixels(document, "mask_padding").map { .onlyMasked(padding: $0) } ?? .wholePicture
        return settings
    }

    /// `size`, or `width` and `height`; nil where nobody chose one.
    private static func size(_ document: borrowing JSONDocument) throws(WebError) -> (width: Int, height: Int)? {
        let width = try document.integer("width", Int.self)
        let height = try document.integer("height", Int.self)
        guard let text = try document.word("size"), text != "auto" else {
            guard width != nil || height != nil else { return nil }
            guard let width, let height else {
                throw WebError.badRequest(
                    .missingParameter, "'width' and 'height' must be given together.",
                    parameter: width == nil ? "width" : "height")
            }
            return (width, height)
        }
        guard width == nil, height == nil else {
            throw WebError.badRequest(
                .invalidValue, "'size' and 'width' or 'height' exclude each other.", parameter: "size")
        }
        return try size(text)
    }

    private static func pixels(_ document: borrowing JSONDocument, _ name: JSONPath) throws(WebError) -> Int? {
        guard let count = try document.integer(name, Int.self) else { return nil }
        guard maskMargins.contains(count) else {
            throw WebError.badRequest(
                .invalidValue, "'\(name)' must be from 0 to \(maskMargins.upperBound) pixels.",
                parameter: name.description)
        }
        return count
    }

    /// `none`, `every_step`, or how many of each picture.
    private static func previews(
        _ document: borrowing JSONDocument, limits: RequestLimits
    ) throws(WebError) -> Previews? {
        let maximum = limits.steps.upperBound
        do {
            switch try document.word("previews") {
            case nil: return nil
            case "none": return Previews.none
            case "every_step": return .everyStep
            default: break
            }
        } catch {
            if let count = try? document.integer("previews", Int.self), 0...maximum ~= count {
                return count == 0 ? Previews.none : .count(count)
            }
        }
        throw WebError.badRequest(
            .invalidValue, "'previews' must be none, every_step, or a whole number from 0 to \(maximum).",
            parameter: "previews")
    }

    static func timeLimit(_ document: borrowing JSONDocument) throws(WebError) -> Duration? {
        guard let seconds = try document.number("time_limit") else { return nil }
        guard timeLimits.contains(seconds) else {
            throw WebError.badRequest(
                .invalidValue,
                "'time_limit' must be from \(Int(timeLimits.lowerBound)) to \(Int(timeLimits.upperBound)) seconds.",
                parameter: "time_limit")
        }
        return .seconds(Double(seconds))
    }
}

extension Presentation {
    /// Reads `format` and `quality`.
    init(native document: borrowing JSONDocument) throws(WebError) {
        format = try document.imageFormat("format") ?? .png
        compression = try document.integer("quality") ?? PixelBuffer.defaultQuality
        guard 0...100 ~= compression else {
            throw WebError.badRequest(.invalidValue, "'quality' must be from 0 to 100.", parameter: "quality")
        }
    }
}
