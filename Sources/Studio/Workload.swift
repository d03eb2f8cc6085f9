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

    init(pixels: Int, evaluations: Int, steps: Int, pictures: Int) {
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

    /// The work of one picture as a model makes it when nothing else is asked for.
    init(defaultOf engine: some PictureEngine) {
        let settings = GenerationSettings(for: engine.card)
        self.init(
            settings, steps: (try? engine.evaluations(of: settings, isImageToImage: false)) ?? settings.steps)
    }

    /// How often the denoiser is asked for one step of one picture with these settings.
    static func evaluations(_ settings: GenerationSettings) -> Int { settings.guidanceScale > 1 ? 2 : 1 }

    /// What one step of one picture costs, in pixels that the denoiser is asked about.
    var stepCost: Int { pixels * evaluations }

    /// What all of it costs.
    var cost: Int { stepCost * steps * pictures }
}
