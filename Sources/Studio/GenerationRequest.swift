internal import Diffusion
public import Imaging
public import Privacy

/// What somebody asks for. It has one owner and is gone when it has been answered.
public struct GenerationRequest: ~Copyable, Sendable {
    /// What the pictures should show.
    public var prompt: Prompt

    /// What they should not show; may be empty.
    public var negativePrompt: Prompt

    /// How they are made.
    public var settings: GenerationSettings

    /// The picture to start from, or nil to start from noise. It is scaled until it covers what is delivered, and what is
    /// too much is cut off.
    public var initialPicture: PixelBuffer?

    /// Where the initial picture is drawn anew, white, and where it stays, black or transparent; nil to draw all of it
    /// anew. It lies over the whole picture, whatever its own size is.
    public var mask: PixelBuffer?

    /// The initial picture and its mask as files, which are decoded when the request has a place; instead of
    /// ``initialPicture`` and ``mask``.
    public var upload: ImageUpload?

    /// Who asks, for a fair share of the work.
    public var requester = Requester.local

    /// What the request costs whoever sent it; nil for nothing.
    public var charge: (any RequestCharge)?

    /// What the caller calls the request, to watch and stop it through ``Studio/jobs``; nil for no name.
    public var identifier: JobIdentifier?

    /// How long the request may take from now on, waiting included; as long as it takes when nil.
    public var timeLimit: Duration?

    /// How long the request may take where there is a limit for all.
    func timeLimit(upTo maximum: Duration) -> Duration { min(timeLimit ?? maximum, maximum) }

    /// Which of its prompts have been put into the model's own words; see ``translatePrompts(for:limit:)``.
    var translated = (prompt: false, negativePrompt: false)

    /// How the initial picture came about, as far as its file says so.
    var initialSource: DigitalSource?

    /// What stays of the initial picture, once the request is prepared.
    var overlay: Overlay?

    /// The finished pictures' size, once it is decided; see ``planSizes(for:limits:)``.
    var plannedDelivery: ImageSize?

    /// Asks for pictures.
    public init(
        prompt: consuming Prompt, negativePrompt: consuming Prompt = Prompt(""), settings: GenerationSettings,
        initialPicture: consuming PixelBuffer? = nil, mask: consuming PixelBuffer? = nil
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.settings = settings
        self.initialPicture = initialPicture
        self.mask = mask
    }

    /// Throws what is wrong with the request, if anything is.
    public borrowing func validate(for model: ModelCard, limits: RequestLimits) throws(RequestError) {
        try limits.check(prompt, as: .prompt)
        // A picture says by itself what the new ones should show.
        if prompt.isBlank, !hasInitialImage { throw .missing(.prompt) }
        try limits.check(negativePrompt, as: .negativePrompt)
        try check(prompt, as: .prompt)
        try check(negativePrompt, as: .negativePrompt)
        if settings.enlargement != nil, !hasInitialImage { throw .missing(.initialPicture) }
        // Which size an image has, its reader has checked.
        if !settings.keepsImageSize || !hasInitialImage || drawsPart { try limits.checkSize(settings) }
        try limits.check(settings, for: model)
        if mask != nil, !hasInitialImage { throw .maskWithoutPicture() }
    }

    /// Refuses a prompt that its syntax gives no meaning, before anything is done for it.
    private func check(_ prompt: borrowing Prompt, as parameter: RequestError.Parameter) throws(RequestError) {
        guard settings.promptSyntax != .plain else { return }
        do {
            try prompt.withText { (text) throws(PromptProblem) in try settings.promptSyntax.check(copy text) }
        } catch {
            throw .unreadablePrompt(parameter, error)
        }
    }
}
