internal import Diffusion
internal import Hummingbird
internal import Imaging
internal import NIOCore
internal import Studio
internal import Upscaling

/// `GET /api/model`: what the model is, what suits it, and what a request may ask for.
struct ModelDetails: Sendable {
    private let body: ByteBuffer

    init(model: ModelCard, limits: RequestLimits, upscalers: UpscalerShelf) {
        let sizes = SizeChoice.all(for: model, limits: limits).map { size in
            #"{"name":\#(quoted(size.name)),"width":\#(size.width),"height":\#(size.height)}"#
        }
        let samplers = model.samplers.map { name in
            #"{"name":\#(quoted(name)),"label":\#(quoted(Sampler(rawValue: name)?.displayName ?? name)),"#
                + #""takes_schedule":\#(Sampler(rawValue: name)?.takesSchedule ?? false)}"#
        }
        let schedules = SigmaSchedule.allCases.map { schedule in
            #"{"name":\#(quoted(schedule.rawValue)),"label":\#(quoted(schedule.displayName))}"#
        }
        let styles = model.styles.map { style in
            #"{"name":\#(quoted(style.name)),"prompt":\#(quoted(style.prompt)),"#
                + #""negative_prompt":\#(quoted(style.negativePrompt))}"#
        }
        let quality = QualityChoice.allCases.map { choice in
            #""\#(choice.rawValue)":\#(choice.steps(for: model, limits: limits))"#
        }
        let own = model.promptLanguage.map { [$0] } ?? []
        let languages = own + (model.glossary?.languageCodes ?? []).filter { !own.contains($0) }
        let text = """
            {"id":\(quoted(model.identifier)),"name":\(quoted(model.name)),
            "defaults":{"width":\(model.defaultWidth),"height":\(model.defaultHeight),"steps":\(model.defaultSteps),\
            "guidance_scale":\(model.defaultGuidanceScale),"sampler":\(model.defaultSampler.map(quoted) ?? "null")},
            "native":{"width":\(model.nativeWidth),"height":\(model.nativeHeight)},
            "limits":{"prompt_characters":\(limits.maximumPromptLength),"n":\(range(limits.counts)),\
            "side":\(range(limits.sides)),"size_multiple":1,"pixels":\(limits.maximumPixels),\
            "steps":\(range(limits.steps)),"guidance_scale":\(range(limits.guidanceScales)),\
            "eta":\(range(limits.etas)),"churn":\(range(limits.churns)),"noise_scale":\(range(limits.noiseScales)),\
            "clip_skip":\(range(limits.clipSkips)),"time_limit":\(range(PictureOrder.timeLimits)),\
            "mask_blur":\(range(PictureOrder.maskMargins)),"mask_padding":\(range(PictureOrder.maskMargins)),\
            "picture_bytes":\(DecodingLimits().maximumBytes),"picture_pixels":\(DecodingLimits().maximumPixels)},
            "sizes":[\(sizes.joined(separator: ","))],
            "samplers":[\(samplers.joined(separator: ","))],
            "schedules":[\(schedules.joined(separator: ","))],
            "quality_steps":{\(quality.joined(separator: ","))},
            "guidance":\(model.takesGuidance),
            "styles":[\(styles.joined(separator: ","))],
            "prompt_language":\(model.promptLanguage.map(quoted) ?? "null"),
            "upscalers":[\(upscalers.names.map(quoted).joined(separator: ","))],
            "upscaled":{"side":\(upscalers.limits.maximumSide),"pixels":\(upscalers.limits.maximumPixels),\
            "scale":\(range(Upscaler.scales))},
            "prompt_languages":[\(languages.map(quoted).joined(separator: ","))],
            "vocabulary_size":\(model.vocabulary.count),
            "backgrounds":[\(model.backgrounds.map { quoted($0.rawValue) }.joined(separator: ","))],
            "formats":\(list(ImageFormat.self)),
            "mask_fills":\(list(MaskFill.self)),
            "prompt_syntaxes":\(list(PromptSyntax.self)),
            "suggested_prompts":[\(model.suggestedPrompts.map(quoted).joined(separator: ","))]}

            """
        body = ByteBuffer(string: text)
    }

    /// The details as JSON.
    func show() -> Response { Response(json: body) }
}

/// The two ends of what is allowed.
private func range<Number>(_ range: ClosedRange<Number>) -> String {
    #"{"minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)}"#
}

/// All words that may be chosen.
private func list<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> String {
    "[\(Choice.allCases.map { quoted($0.rawValue) }.joined(separator: ","))]"
}

/// A JSON string with its quotation marks.
private func quoted(_ text: String) -> String {
    var buffer = ByteBuffer()
    buffer.writeJSONString(text)
    return String(buffer: buffer)
}
