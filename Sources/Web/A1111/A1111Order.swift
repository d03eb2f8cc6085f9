internal import Diffusion
internal import Imaging
internal import Privacy
internal import Studio

/// A request for pictures as A1111's clients send it: what the studio needs, and what the answer says of it.
struct A1111Order: ~Copyable, Sendable {
    var request: GenerationRequest
    var answer: A1111Answer

    /// Reads the body of `txt2img` or `img2img`.
    ///
    /// Names that mean nothing here have no effect, as in A1111. What is missing has the model's own value: the size,
    /// sampler and steps that a model was made for, not 512×512, Euler and 50 steps.
    init(
        _ document: consuming JSONDocument, _ task: A1111Details.Task, model: ModelCard, samplers: [A1111Sampler],
        limits: RequestLimits
    ) throws(WebError) {
        var samplerName = try document.name("sampler_name")
        if samplerName == nil { samplerName = try document.name("sampler_index") }
        let sampler = try A1111SamplerChoice(
            name: samplerName, scheduler: document.name("scheduler"), among: samplers, model: model)
        var details = A1111Details(task: task, sampler: sampler)
        try document.refuseWhatA1111Has(for: task, noting: &details)
        details.batchSize = try document.leniently("batch_size") ?? 1
        details.iterations = try document.leniently("n_iter") ?? 1
        details.sendsImages = try document.lenientFlag("send_images") ?? true
        details.embedsParameters = try document.lenientFlag("embed_parameters") ?? false

        var settings = GenerationSettings(for: model)
        settings.promptSyntax = .weighted
        settings.sampler = sampler.sampler
        settings.schedule = sampler.schedule
        settings.width = try document.leniently("width") ?? settings.width
        settings.height = try document.leniently("height") ?? settings.height
        settings.steps = try document.leniently("steps") ?? settings.steps
        settings.guidanceScale = try document.lenientNumber("cfg_scale") ?? settings.guidanceScale
        settings.count = try Self.count(details)
        try document.readNoise(into: &settings, &details)
        try document.readOverrides(into: &settings, &details, model: model)

        var identifier: JobIdentifier?
        if let name = try document.name("force_task_id") { identifier = try JobIdentifier(a1111: name) }

        var upload: ImageUpload?
        if task == .imageToImage {
            try document.readInpainting(into: &settings, &details)
            upload = try document.upload(details)
        }

        let prompt = try document.text("prompt")
        let negativePrompt = try document.text("negative_prompt")
        if prompt.isEdited { details.ignore("prompt editing") }
        // The answer holds them again.
        let promptAgain = try document.text("prompt")
        let negativePromptAgain = try document.text("negative_prompt")
        let answer = A1111Answer(
            prompt: promptAgain, negativePrompt: negativePromptAgain,
            settings: settings, details: details, model: model.identifier)
        var request = GenerationRequest(
            prompt: prompt, negativePrompt: negativePrompt, settings: settings)
        request.upload = upload
        request.identifier = identifier
        try request.requireWritable(as: details.format, "override_settings.samples_format")
        try answer.requireWritableParameters()
        self.answer = answer
        self.request = request
    }

    private static func count(_ details: A1111Details) throws(WebError) -> Int {
        for (value, name) in [(details.batchSize, "batch_size"), (details.iterations, "n_iter")] {
            guard 1...1_000 ~= value else {
                throw .badRequest(
                    .invalidValue,
                    "'\(name)' must be at least 1, and the number of pictures is limited.",
                    parameter: name)
            }
        }
        return details.batchSize * details.iterations
    }
}

extension Prompt {
    /// Whether it has words that the web UI would exchange on the way, which are read as text here.
    fileprivate var isEdited: Bool { withText { PromptSyntax.weighted.editsWords(copy $0) } }
}

extension JobIdentifier {
    /// The name of a caller's own task. A short one could be guessed, and what it names be watched by others.
    init(a1111 name: String) throws(WebError) {
        guard 16...128 ~= name.utf8.count, name.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw .badRequest(
                .invalidValue,
                """
                'force_task_id' must have 16 to 128 visible ASCII characters, drawn at random: whoever guesses it can \
                watch the task.
                """,
                parameter: "force_task_id")
        }
        self.init(name)
    }
}
