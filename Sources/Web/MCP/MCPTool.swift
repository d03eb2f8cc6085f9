internal import Diffusion
internal import Imaging
internal import Studio
internal import Upscaling

/// What a language model may have done here.
enum MCPTool: String, CaseIterable, Sendable {
    case generateImage = "generate_image"
    case editImage = "edit_image"
    case enlargeImage = "enlarge_image"
    case listModels = "list_models"

    /// The arguments of the native interface that are about a picture to begin with.
    private static let imageNames: Set = ["image", "mask", "mask_blur", "mask_fill", "mask_padding", "strength"]

    /// The arguments that the tool takes: those of the native interface, but for previews, which nobody would see.
    var argumentNames: Set<String> {
        let names = PictureOrder.names.subtracting(["previews"])
        return switch self {
        case .generateImage: names.subtracting(Self.imageNames)
        case .editImage: names
        case .enlargeImage: PictureOrder.upscaleNames
        case .listModels: []
        }
    }

    /// The tool as clients are told of it.
    func json(for model: ModelCard, limits: RequestLimits, upscalers: UpscalerShelf) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("name", .text(rawValue)), ("title", .text(title)), ("description", .text(description(for: model))),
            ("inputSchema", inputSchema(for: model, limits, upscalers)),
        ]
        if self == .listModels { members.append(("outputSchema", Self.modelListSchema)) }
        members.append(
            (
                "annotations",
                .object([
                    ("title", .text(title)), ("readOnlyHint", .truth(true)), ("destructiveHint", .truth(false)),
                    ("idempotentHint", .truth(self == .listModels)), ("openWorldHint", .truth(false)),
                ])
            ))
        return .object(members)
    }

    private var title: String {
        switch self {
        case .generateImage: "Make a picture"
        case .editImage: "Change a picture"
        case .enlargeImage: "Enlarge a picture"
        case .listModels: "List the models"
        }
    }

    private func description(for model: ModelCard) -> String {
        let language = model.promptLanguage == "en" ? " It understands English best." : ""
        return switch self {
        case .generateImage:
            "Makes pictures of a description with the model \(model.name), and keeps neither.\(language)"
        case .editImage:
            "Makes pictures of a picture and a description: a variation, or one in which only the masked part is new. "
                + "Neither is kept.\(language)"
        case .enlargeImage: "Makes a picture two to four times as wide and high, with crisp edges, and keeps neither."
        case .listModels: "Lists the models that make the pictures, and what suits them."
        }
    }

    private func inputSchema(
        for model: ModelCard, _ limits: RequestLimits, _ upscalers: UpscalerShelf
    ) -> JSONText {
        var properties: [(name: String, value: JSONText)] = []
        switch self {
        case .generateImage: properties = Self.pictureProperties(model, limits) + Self.noiseProperties(limits)
        case .editImage:
            properties =
                Self.pictureProperties(model, limits) + Self.noiseProperties(limits) + [Self.image("begin with")]
                + Self.editingProperties
        case .enlargeImage:
            properties =
                [Self.image("enlarge")] + Self.enlargingProperties(upscalers) + Self.fileProperties
                + [Self.timeLimit]
        case .listModels: break
        }
        let required: [String] =
            switch self {
            case .generateImage: ["prompt"]
            case .editImage: ["prompt", "image"]
            case .enlargeImage: ["image"]
            case .listModels: []
            }
        return .object([
            ("type", .text("object")), ("properties", .object(properties)),
            ("required", .list(required.map(JSONText.text))), ("additionalProperties", .truth(false)),
        ])
    }

    private static func pictureProperties(
        _ model: ModelCard, _ limits: RequestLimits
    ) -> [(name: String, value: JSONText)] {
        let size = "\(model.defaultWidth)x\(model.defaultHeight)"
        return [
            ("prompt", text("What the picture should show.", maximum: limits.maximumPromptLength)),
            ("negative_prompt", text("What it should not show.", maximum: limits.maximumPromptLength)),
            ("n", number("How many pictures.", limits.counts, 1)),
            (
                "size",
                text("Width and height in pixels, such as \(size), or auto.", maximum: 16)
            ),
            ("width", number("Width in pixels, with height, in place of size.", limits.sides, nil)),
            ("height", number("Height in pixels, with width, in place of size.", limits.sides, nil)),
            (
                "seed",
                .object([
                    ("type", .text("integer")), ("minimum", .number(-1)),
                    (
                        "description",
                        .text("The same seed and arguments make the same picture. Any, when left out or -1.")
                    ),
                ])
            ),
            ("steps", number("Steps from noise to picture; more take longer.", limits.steps, model.defaultSteps)),
            (
                "guidance_scale",
                fraction(
                    "How strongly the prompt guides; 1 is not at all.", limits.guidanceScales,
                    model.defaultGuidanceScale)
            ),
            ("sampler", choice("How steps are taken. The model's own, when left out.", model.samplers)),
            ("clip_skip", number("How many of the text encoder's last layers to skip.", limits.clipSkips, 0)),
            (
                "prompt_syntax",
                choice("weighted understands (word:1.2), [word] and BREAK.", PromptSyntax.allCases.map(\.rawValue))
            ),
            (
                "background",
                choice("transparent cuts the thing out of its ground.", model.backgrounds.map(\.rawValue))
            ),
        ] + fileProperties + [
            timeLimit,
            ("model", choice("The model, as list_models names it.", [model.identifier])),
        ]
    }

    private static var fileProperties: [(name: String, value: JSONText)] {
        [
            ("format", choice("The pictures' file format; png, when left out.", ImageFormat.allCases.map(\.rawValue))),
            ("quality", number("How good a jpeg or webp is.", 0...100, PixelBuffer.defaultQuality)),
        ]
    }

    private static var timeLimit: (name: String, value: JSONText) {
        ("time_limit", number("Seconds, waiting included, after which the request is given up.", 1...3_600, nil))
    }

    private static func enlargingProperties(_ upscalers: UpscalerShelf) -> [(name: String, value: JSONText)] {
        [
            (
                "scale",
                number("How many times as wide and high it becomes.", Upscaler.scales, Upscaler.scales.upperBound)
            ),
            ("upscaler", choice("What enlarges it; \(upscalers.standard.name), when left out.", upscalers.names)),
        ]
    }

    private static func image(_ purpose: String) -> (name: String, value: JSONText) {
        ("image", text("A PNG, JPEG or WebP to \(purpose), in Base64 or as a data: URL.", maximum: nil))
    }

    /// How noise is spaced and drawn.
    private static func noiseProperties(_ limits: RequestLimits) -> [(name: String, value: JSONText)] {
        [
            (
                "schedule",
                choice("How the sampler's noise levels are spaced.", SigmaSchedule.allCases.map(\.rawValue))
            ),
            ("eta", fraction("How much of a step's noise is drawn afresh.", limits.etas, nil)),
            ("churn", fraction("How much noise all steps together add first.", limits.churns, 0)),
            ("churn_minimum", fraction("The lowest noise level at which churn adds.", limits.noiseLevels, 0)),
            ("churn_maximum", fraction("The highest noise level at which churn adds.", limits.noiseLevels, nil)),
            ("noise_scale", fraction("What noise after the first is multiplied with.", limits.noiseScales, 1)),
            (
                "variation_seed",
                .object([
                    ("type", .text("integer")), ("minimum", .number(-1)),
                    ("description", .text("The seed towards whose noise the seed's is moved.")),
                ])
            ),
            ("variation_strength", fraction("How far it is moved: 0 not at all, 1 all the way.", 0...1, 0)),
        ]
    }

    private static var editingProperties: [(name: String, value: JSONText)] {
        [
            ("strength", fraction("How much of the picture is made anew: 0 nothing, 1 all.", 0...1, nil)),
            (
                "mask",
                text(
                    "A picture in Base64, white where the picture is drawn anew and black where it stays.", maximum: nil
                )
            ),
            ("mask_blur", number("Over how many pixels the mask's edge is blurred.", PictureOrder.maskMargins, nil)),
            ("mask_fill", choice("What is under the mask at first.", MaskFill.allCases.map(\.rawValue))),
            (
                "mask_padding",
                number("Draw only the masked part, and so many pixels around it.", PictureOrder.maskMargins, nil)
            ),
        ]
    }

    /// What `list_models` gives as structured content.
    private static var modelListSchema: JSONText {
        .object([
            ("type", .text("object")),
            (
                "properties",
                .object([
                    ("models", .object([("type", .text("array")), ("items", .object([("type", .text("object"))]))]))
                ])
            ), ("required", .list([.text("models")])),
        ])
    }

    private static func text(_ description: String, maximum: Int?) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("type", .text("string")), ("description", .text(description)),
        ]
        if let maximum { members.append(("maxLength", .number(maximum))) }
        return .object(members)
    }

    private static func number(_ description: String, _ range: ClosedRange<Int>, _ usual: Int?) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("type", .text("integer")), ("minimum", .number(range.lowerBound)), ("maximum", .number(range.upperBound)),
            ("description", .text(description)),
        ]
        if let usual { members.append(("default", .number(usual))) }
        return .object(members)
    }

    private static func fraction(_ description: String, _ range: ClosedRange<Float>, _ usual: Float?) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("type", .text("number")), ("minimum", .decimal(Double(range.lowerBound))),
            ("maximum", .decimal(Double(range.upperBound))), ("description", .text(description)),
        ]
        if let usual { members.append(("default", .decimal(Double(usual)))) }
        return .object(members)
    }

    private static func choice(_ description: String, _ choices: [String]) -> JSONText {
        .object([
            ("type", .text("string")), ("enum", .list(choices.map(JSONText.text))), ("description", .text(description)),
        ])
    }
}
