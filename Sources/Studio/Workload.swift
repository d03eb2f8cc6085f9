import Upscaling

/// How much work a request is.
struct Workload: Sendable, Equatable {
    /// Pixels of a picture.
    let pixels: Int

    /// How often the denoiser is asked for one step of one picture: twice with guidance.
    let evaluations: Int

    /// Steps that one picture takes: how often the sampler asks.
    let steps: Int

    /// Pictures.
    let pictures: Int

    /// Whether the steps are those of a picture that is enlarged.
    let isEnlargement: Bool

    init(pixels: Int, evaluations: Int, steps: Int, pictures: Int, isEnlargement: Bool = false) {
        self.isEnlargement = isEnlargement
        self.pixels = pixels
        self.evaluations = evaluations
        self.steps = steps
        self.pictures = pictures
    }

    /// The work of a request with these settings, whose sampler asks so often about each picture.
    init(_ settings: GenerationSettings, steps: Int) {
        self.init(
            pixels: settings.width * settings.height, evaluations: Self.evaluations(settings),
            steps: max(1, steps), pictures: settings.count)
    }

    /// The work of enlarging a picture, counted in what the bundled model's denoiser does.
    init(_ cost: UpscalingCost) {
        let steps = max(1, cost.steps)
        self.init(
            pixels: max(1, cost.multiplyAdds / Self.multiplyAddsPerPixelStep / steps), evaluations: 1, steps: steps,
            pictures: 1, isEnlargement: true)
    }

    /// How many products and sums the bundled model's denoiser takes for each pixel of a picture, about.
    private static let multiplyAddsPerPixelStep = 80_000

    /// The work of one picture as a model makes it when nothing else is asked for.
    ///
    /// - Parameter steps: How often its sampler asks about the picture.
    init(defaultOf model: ModelCard, steps: Int) {
        var settings = GenerationSettings(for: model)
        let size = model.workingSize(
            for: ImageSize(width: settings.width, height: settings.height), limits: RequestLimits())
        (settings.width, settings.height) = (size.width, size.height)
        self.init(settings, steps: steps)
    }

    /// How often the denoiser is asked for one step of one picture with these settings.
    static func evaluations(_ settings: GenerationSettings) -> Int { settings.guidanceScale > 1 ? 2 : 1 }

    /// What one step of one picture costs, in pixels that the denoiser is asked about.
    var stepCost: Int { pixels * evaluations }

    /// What all of it costs.
    var cost: Int { stepCost * steps * pictures }
}

extension GenerationRequest {
    /// The settings that say how much work the request is, once its sizes are planned. Where an image's own transparency
    /// may be its mask, the work of drawing that is counted.
    var settingsOfWork: GenerationSettings {
        var settings = settings
        let strength: Float? =
            switch upload {
            case .some(let upload): upload.transparencyStrength
            case .none: nil
            }
        if let strength { settings.strength = max(settings.strength, strength) }
        return settings
    }
}
