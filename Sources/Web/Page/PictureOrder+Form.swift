internal import Privacy
internal import Studio

extension PictureOrder {
    /// Reads the page's form. Names that it does not have are of no effect.
    init(_ form: consuming FormDocument, model: ModelCard) throws(WebError) {
        guard let prompt = try form.secret("prompt") else {
            throw WebError.badRequest(
                .missingParameter, "Please say what the picture should show.", parameter: "prompt")
        }
        var settings = GenerationSettings(for: model)
        if let size = try form.word("size"), size != "auto" {
            (settings.width, settings.height) = try Self.size(size)
        }
        settings.count = try number(form.word("n"), "n") ?? 1
        settings.seed = try seed(form.word("seed")) ?? randomSeed()
        // A number that was typed counts more than the choice of a quality, which is always sent.
        settings.steps = try number(form.word("quality"), "quality") ?? settings.steps
        settings.steps = try number(form.word("steps"), "steps") ?? settings.steps
        settings.sampler = try form.word("sampler") ?? settings.sampler
        settings.guidanceScale = try number(form.word("guidance_scale"), "guidance_scale") ?? settings.guidanceScale
        if let word = try form.word("background") {
            guard let background = Background(rawValue: word) else {
                throw .wrongType("background", Background.allCases.map(\.rawValue).joined(separator: ", "))
            }
            settings.background = background
        }
        self.init(
            request: GenerationRequest(
                prompt: prompt, negativePrompt: try form.secret("negative_prompt") ?? Prompt(""), settings: settings))
    }
}

private func number<Number: LosslessStringConvertible>(_ word: String?, _ name: String) throws(WebError) -> Number? {
    guard let word else { return nil }
    guard let number = Number(word) else { throw .wrongType(name, "a number") }
    return number
}

/// A seed; nil when it is missing or -1, which stands for any.
private func seed(_ word: String?) throws(WebError) -> UInt64? {
    guard let word, word != "-1" else { return nil }
    guard let seed = UInt64(word) else { throw .badSeed("seed", .invalidType) }
    return seed
}
