import Diffusion
import NeuralNetwork

/// Makes a canary's picture again with the same model, to know what the server's engine held on the way.
final class Replay {
    /// What the engine held for one request.
    struct Trace {
        /// Windows of it.
        var patterns: [(CanaryForm, [UInt8])] = []
        /// The pixels that came out.
        var pixels: [UInt8] = []
    }

    private let pipeline: DiffusionPipeline

    /// Loads the model.
    init(model folder: String) throws {
        pipeline = try DiffusionPipeline(folder: folder, device: Device())
    }

    /// What depends on a request's prompt and seed alone: its tokens, embeddings, and first noise.
    func beginning(of canary: Canary, _ settings: ReplaySettings) throws -> Trace {
        var trace = Trace()
        _ = try begin(canary, settings, into: &trace)
        return trace
    }

    /// Everything of a request that makes one picture of a prompt.
    func everything(of canary: Canary, _ settings: ReplaySettings) throws -> Trace {
        var trace = Trace()
        var tasks = [try begin(canary, settings, into: &trace)]
        while !tasks[0].isFinished {
            pipeline.step(&tasks)
            add(tasks[0].latents, as: .latents, to: &trace)
        }
        let picture = try pipeline.decode(tasks)
        picture.withElements { elements in
            trace.patterns += Windows.spread(over: Array(elements)).map { (.madeFloats, $0) }
            trace.pixels = elements.map { UInt8((min(1, max(0, $0)) * 255).rounded(.toNearestOrEven)) }
        }
        return trace
    }

    private func begin(_ canary: Canary, _ settings: ReplaySettings, into trace: inout Trace) throws -> DenoisingTask {
        for tokens in pipeline.tokens(of: canary.prompt) {
            // The padding that follows is every prompt's.
            let own = tokens.prefix { $0 != tokens.last }
            let narrow = own.withUnsafeBytes { Array($0) }
            let wide = own.map { Int($0) }.withUnsafeBytes { Array($0) }
            trace.patterns += Windows.spread(over: narrow, count: 3, alignment: 4).map { (.tokens, $0) }
            trace.patterns += Windows.spread(over: wide, count: 3, length: 48, alignment: 8, different: 8)
                .map { (.tokens, $0) }
        }
        let description = pipeline.description
        let conditioning = try pipeline.encode(
            prompt: canary.prompt, guidanceScale: description.defaultGuidanceScale)
        add(conditioning.positive.context, as: .embedding, to: &trace)
        let denoising = DenoisingSettings(
            for: description, width: settings.width, height: settings.height, steps: settings.steps,
            guidanceScale: description.defaultGuidanceScale, sampler: description.defaultSampler, seed: canary.seed)
        let task = try pipeline.begin(denoising, conditioning: conditioning)
        add(task.latents, as: .noise, to: &trace)
        var random = TorchRandomSource(seed: canary.seed)
        trace.patterns += Windows.spread(over: random.normal(task.latents.count)).map { (.noise, $0) }
        return task
    }

    private func add(_ tensor: Tensor, as form: CanaryForm, to trace: inout Trace) {
        trace.patterns += Windows.spread(over: tensor.elements, count: 8).map { (form, $0) }
    }
}
