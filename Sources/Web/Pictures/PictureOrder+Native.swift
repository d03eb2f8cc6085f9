internal import Diffusion
internal import Imaging
internal import Privacy
internal import Studio

extension PictureOrder {
    private static let names: Set = [
        "clip_skip", "format", "guidance_scale", "height", "model", "n", "negative_prompt", "previews", "prompt",
        "prompt_syntax", "quality", "sampler", "seed", "size", "steps", "time_limit", "width",
    ]

    /// The longest time limit, in seconds.
    static let timeLimits: ClosedRange<Float> = 1...3_600

    /// Reads the body of `POST /api/pictures`.
    ///
    /// Everything but the prompt may be missing or null, and is then as the model was made for.
    init(native document: consuming JSONDocument, model: ModelCard, limits: RequestLimits) throws(WebError) {
        try document.allowOnly(Self.names)
        if let name = try document.word("model"), name != model.identifier {
            throw .modelNotFound(model.identifier)
        }
        guard let prompt = try document.secret("prompt") else {
            throw WebError.badRequest(.missingParameter, "'prompt' is missing.", parameter: "prompt")
        }
        let negativePrompt = try document.secret("negative_prompt")

        var settings = GenerationSettings(for: model)
        (settings.width, settings.height) = try Self.size(document) ?? (settings.width, settings.height)
        settings.steps = try document.integer("steps") ?? settings.steps
        settings.guidanceScale = try document.number("guidance_scale") ?? settings.guidanceScale
        settings.sampler = try document.word("sampler") ?? settings.sampler
        settings.seed = try document.integer("seed", UInt64.self) ?? randomSeed()
        settings.count = try document.integer("n") ?? settings.count
        settings.clipSkip = try document.integer("clip_skip") ?? settings.clipSkip
        settings.promptSyntax = try document.choice("prompt_syntax") ?? settings.promptSyntax
        settings.previews = try Self.previews(document, limits: limits) ?? settings.previews
        let timeLimit = try Self.timeLimit(document)
        let presentation = try Presentation(native: document)

        var request = GenerationRequest(
            prompt: prompt, negativePrompt: negativePrompt ?? Prompt(""), settings: settings)
        request.timeLimit = timeLimit
        self.init(request: request, presentation: presentation)
    }

    /// `size`, or `width` and `height`; whichever of the two is missing is as the model was made for.
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

    private static func timeLimit(_ document: borrowing JSONDocument) throws(WebError) -> Duration? {
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
    fileprivate init(native document: borrowing JSONDocument) throws(WebError) {
        format = try document.choice("format") ?? .png
        compression = try document.integer("quality") ?? PixelBuffer.defaultQuality
        guard 0...100 ~= compression else {
            throw WebError.badRequest(.invalidValue, "'quality' must be from 0 to 100.", parameter: "quality")
        }
    }
}
