/// How much work a request is.
struct Workload: Sendable, Equatable {
    /// Pixels of a picture.
    let pixels: Int

    /// How often the denoiser is asked for one step of one picture: twice with guidance.
    let evaluations: Int

    /// Steps that one picture takes.
    let steps: Int

    /// Pictures.
    let pictures: Int

    init(pixels: Int, evaluations: Int, steps: Int, pictures: Int) {
        self.pixels = pixels
        self.evaluations = evaluations
        self.steps = steps
        self.pictures = pictures
    }

    /// The work of a request with these settings.
    init(_ settings: GenerationSettings, hasInitialPicture: Bool) {
        let steps = hasInitialPicture ? Int(Float(settings.steps) * min(1, settings.strength)) : settings.steps
        self.init(
            pixels: settings.width * settings.height, evaluations: settings.guidanceScale > 1 ? 2 : 1,
            steps: max(1, steps), pictures: settings.count)
    }

    /// The work of one picture as a model makes it when nothing else is asked for.
    init(defaultOf model: ModelCard) {
        var settings = GenerationSettings(for: model)
        let size = model.workingSize(
            for: ImageSize(width: settings.width, height: settings.height), limits: RequestLimits())
        (settings.width, settings.height) = (size.width, size.height)
        self.init(settings, hasInitialPicture: false)
    }

    /// What one step of one picture costs, in pixels that the denoiser is asked about.
    var stepCost: Int { pixels * evaluations }

    /// What all of it costs.
    var cost: Int { stepCost * steps * pictures }
}

extension GenerationRequest {
    /// The work of the request, once its sizes are planned. Where an image's own transparency may be its mask, the work of
    /// drawing that is counted.
    var workload: Workload {
        var settings = settings
        let strength: Float? =
            switch upload {
            case .some(let upload): upload.transparencyStrength
            case .none: nil
            }
        if let strength { settings.strength = max(settings.strength, strength) }
        return Workload(settings, hasInitialPicture: hasInitialImage)
    }
}
