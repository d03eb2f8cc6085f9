import ArgumentParser
import Foundation
import Imaging
import Moderation
import NeuralNetwork
import Privacy
import Studio
import Upscaling

/// `mystarion generate`: one prompt, one picture or several, in files or on standard output.
struct Generate: AsyncParsableCommand, WorkingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make pictures of a prompt.",
        discussion: """
            Prints the seed and the seconds it took. The same seed, settings and model give the same bytes. A picture is
            written as soon as it is made, and a file is there as a whole or as it was before; Ctrl-C keeps those that
            are done.

            A prompt for anything sexual that involves minors is refused, as by the server (status 65); no other rule of
            docs/moderation.md is applied.

            EXAMPLES
              mystarion generate "red heart"
              mystarion generate "red heart" --seed 7 -o heart.png
              mystarion generate "blue star icon" --count 4 --steps 30
              mystarion generate "smiling face emoji" -o - > face.png
              echo "red heart" | mystarion generate -     (not in the process list)
              mystarion generate "green heart" --init heart.png --strength 0.6
              mystarion generate "red heart" --seed 7 --variation-seed 8 --variation-strength 0.2
              mystarion generate "red heart" --background transparent
              mystarion generate "red heart" --sampler dpm++-2m --schedule karras
              mystarion generate "red heart" --upscale 4
            """)

    @Argument(help: "What the pictures should show; - reads it from standard input.")
    var prompt: String

    @Option(name: .shortAndLong, help: "The file to write, .png, .jpg or .webp; - is standard output, as PNG.")
    var output: String?

    @Option(help: "What the pictures should not show.")
    var negative: String?

    @Option(
        parsing: .unconditional,
        help: "The first picture's seed, -1 for any; picture i has seed + i. (default: random)")
    var seed: SeedArgument?

    @Option(help: "Steps from noise to picture. (default: the model's)")
    var steps: Int?

    @Option(help: "How strongly the prompt guides; 1 is not at all. (default: the model's)")
    var guidance: Float?

    @Option(
        help: ArgumentHelp(
            "Width and height in pixels, or auto. (default: the model's, with --init the picture's own)",
            valueName: "WxH"))
    var size: PictureSize?

    @Option(help: "How many pictures.")
    var count = 1

    @Option(help: "The sampler's name. (default: the model's)")
    var sampler: String?

    @Option(
        help: """
            How the sampler's noise levels are spaced: normal, karras, exponential, sgm-uniform, simple or beta. \
            (default: as the model and the sampler do it)
            """)
    var schedule: String?

    @Option(
        help: "How much of the noise is drawn afresh at each step, by samplers that do so. (default: the sampler's)")
    var eta: Float?

    @Option(
        help:
            "A second seed: with a count of pictures, picture i has this + i and all have the first. (default: random)")
    var variationSeed: UInt64?

    @Option(help: "How far the noise goes from the seed's to the second seed's, 0 to 1. (default: 0, not at all)")
    var variationStrength: Float?

    @Option(help: "How many of the text encoder's last layers to skip.")
    var clipSkip = 0

    @Option(name: .customLong("init"), help: ArgumentHelp("A picture to start from.", valueName: "image"))
    var initialImage: String?

    @Option(help: "How much of the initial picture is made anew, 0 to 1. (default: 0.75)")
    var strength: Float?

    @Option(help: ArgumentHelp("Enlarge each picture 2, 3 or 4 times, as 'mystarion upscale'.", valueName: "scale"))
    var upscale: Int?

    @Option(
        help: ArgumentHelp(
            "What '--upscale' enlarges with, as 'mystarion upscale'. (default: realesr-animevideov3)", valueName: "name"
        ))
    var upscaler: String?

    @Option(
        help: ArgumentHelp(
            "What is behind the thing: auto, opaque, or transparent, which cuts it out; for .png and .webp.",
            valueName: "background"),
        transform: { word in
            guard let background = Background(rawValue: word) else {
                throw ValidationError("it must be one of auto, opaque and transparent.")
            }
            return background
        })
    var background = Background.automatic

    @Option(help: ArgumentHelp("The model's folder, or its name in the models folder.", valueName: "dir"))
    var model: String?

    @Option(help: "How many threads compute. (default: one for each processor that it may use)")
    var threads: Int?

    func validate() throws {
        if strength != nil, initialImage == nil {
            throw ValidationError("'--strength' is about the picture given with '--init'.")
        }
        if variationSeed != nil, variationStrength == nil {
            throw ValidationError("'--variation-seed' needs '--variation-strength'.")
        }
        if let upscale, !Upscaler.scales.contains(upscale) { throw ValidationError("'--upscale' must be 2, 3 or 4.") }
        if upscaler != nil, upscale == nil { throw ValidationError("'--upscaler' needs '--upscale'.") }
        let counts = RequestLimits().counts
        guard counts.contains(count) else {
            throw ValidationError("'--count' must be from \(counts.lowerBound) to \(counts.upperBound).")
        }
        let ending = URL(fileURLWithPath: output ?? "").pathExtension.lowercased()
        if background == .transparent, ["jpg", "jpeg"].contains(ending) {
            throw ValidationError("'--background transparent' needs a file that ends with .png or .webp.")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads' must be from 1 to 1024.")
        }
    }

    func run() async throws {
        let model = try InstalledModel.find(model)
        let card = try model.card()
        let settings = settings(for: card)
        let request = try request(settings)
        // What is wrong with the request or the place for the pictures is said before the weights are read.
        do {
            try request.validate(for: card, limits: RequestLimits())
        } catch {
            throw Failure(.usage, error.message)
        }
        if let rule = PromptPolicy().ruleBroken(by: request.prompt) { throw Failure(.badData, rule.message) }
        let destination = try OutputDestination(
            output, name: "mystarion-\(settings.seed ?? 0)", count: settings.count)

        let enlargement = try enlargement()
        let progress = ProgressBar()
        progress.show("Reading \(card.name)…")
        let device = Device(threads: threads)
        let studio = Studio(engine: try model.engine(on: device), upscalers: try UpscalerShelf(on: device))
        let enlarge = try enlargement.map { (upscaler: try $0.upscaler.load(on: device), scale: $0.scale) }
        let seeds: [UInt64]
        do {
            seeds = try await pictures(
                of: try await studio.events(for: request), to: destination, enlarging: enlarge, progress)
        } catch {
            progress.clear()
            throw Failure(error)
        }
        progress.clear()
        let list = seeds.map(String.init).joined(separator: ", ")
        let line = "seed \(list) in \(String(format: "%.1f", progress.seconds)) s"
        if destination.isStandardOutput { Terminal.note(line) } else { try Terminal.say(line) }
    }

    /// Writes every picture when it comes, so that none is lost when a later one fails or Ctrl-C ends the work.
    ///
    /// - Parameter enlargement: What makes them larger before they are written, and how many times; nil for nothing.
    /// - Returns: The pictures' seeds, in the order of the pictures.
    private func pictures(
        of events: AsyncThrowingStream<GenerationEvent, any Error>, to destination: OutputDestination,
        enlarging enlargement: (upscaler: Upscaler, scale: Int)?, _ progress: ProgressBar
    ) async throws -> [UInt64] {
        try await interruptible {
            var seeds: [(index: Int, seed: UInt64)] = []
            var unsaid: Failure?
            for try await event in events {
                switch event {
                case .step(let completed, let total, _): progress.update(completed: completed, total: total)
                case .picture(let picture):
                    let path =
                        if let enlargement {
                            try destination.write(picture, enlarging: enlargement.upscaler, scale: enlargement.scale)
                        } else {
                            try destination.write(picture)
                        }
                    seeds.append((picture.index, picture.seed))
                    if seeds.count == 1 { tellWhatWasDrawn(of: picture, progress) }
                    guard let path else { continue }
                    progress.clear()
                    // Where names cannot be printed, pictures can still be made.
                    do throws(Failure) { try Terminal.say(path) } catch { unsaid = error }
                case .queued, .started, .preview: break
                }
            }
            if seeds.count < count { try Task.checkCancellation() }
            if let unsaid { throw unsaid }
            return seeds.sorted { $0.index < $1.index }.map(\.seed)
        }
    }

    /// Says what the model read, where that is not what was typed.
    private func tellWhatWasDrawn(of picture: Picture, _ progress: ProgressBar) {
        guard let drawn = picture.drawnPrompts else { return }
        progress.clear()
        switch drawn.prompt {
        case .some(let prompt):
            prompt.withText { Terminal.note("The model read the prompt as: \($0)") }
        case .none: break
        }
        switch drawn.negativePrompt {
        case .some(let prompt):
            prompt.withText { Terminal.note("The model read the negative prompt as: \($0)") }
        case .none: break
        }
    }

    /// What is to make pictures larger, found before any work is done.
    private func enlargement() throws -> (upscaler: InstalledUpscaler, scale: Int)? {
        guard let upscale else { return nil }
        return (try InstalledUpscaler.find(upscaler), upscale)
    }

    private func settings(for card: ModelCard) -> GenerationSettings {
        var settings = GenerationSettings(for: card)
        settings.seed = seed?.seed ?? UInt64(UInt32.random(in: 0...UInt32.max))
        settings.steps = steps ?? settings.steps
        settings.guidanceScale = guidance ?? settings.guidanceScale
        switch size {
        case .pixels(let size): (settings.width, settings.height) = (size.width, size.height)
        case .automatic, nil: settings.keepsImageSize = true
        }
        settings.count = count
        settings.sampler = sampler ?? settings.sampler
        settings.schedule = schedule
        settings.eta = eta
        settings.variationStrength = variationStrength ?? 0
        if settings.variationStrength > 0 {
            settings.variationSeed = variationSeed ?? UInt64(UInt32.random(in: 0...UInt32.max))
        }
        settings.clipSkip = clipSkip
        settings.background = background
        settings.strength = strength ?? settings.strength
        return settings
    }

    private func request(_ settings: GenerationSettings) throws -> GenerationRequest {
        let prompt = prompt == "-" ? try StandardInput.prompt() : Prompt(prompt)
        guard let initialImage else {
            return GenerationRequest(prompt: prompt, negativePrompt: Prompt(negative ?? ""), settings: settings)
        }
        return GenerationRequest(
            prompt: prompt, negativePrompt: Prompt(negative ?? ""), settings: settings,
            initialPicture: try InputImage.read(initialImage))
    }
}
