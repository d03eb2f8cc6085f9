package import NeuralNetwork

/// The checker that models come with: a picture is unsuitable if CLIP finds it near enough to one of some concepts.
///
/// Reference: diffusers, `pipelines/stable_diffusion/safety_checker.py`, `StableDiffusionSafetyChecker`.
package struct SafetyChecker: Sendable {
    /// Embeddings of concepts, and how near a picture may be to each.
    private struct Concepts: Sendable {
        let embeddings: [[Float]]
        let thresholds: [Float]

        init(_ weights: Weights, name: String, width: Int, on device: Device) throws {
            let count = weights.shape(of: name)?.first ?? 0
            let table = try weights.tensor(name, shape: [count, width], on: device).elements
            embeddings = (0..<count).map { Array(table[$0 * width..<($0 + 1) * width]) }
            thresholds = try weights.tensor(name + "_weights", shape: [count], on: device).elements
        }

        /// How much nearer than it may be a picture is to each concept.
        func excesses(of picture: [Float]) -> [Float] {
            zip(embeddings, thresholds).map { SafetyChecker.cosine(picture, $0) - $1 }
        }
    }

    private let processing: ImageProcessorConfiguration
    private let vision: SafetyCheckerConfiguration.Vision
    private let visionModel: CLIPVisionModel
    private let visualProjection: Linear
    private let concepts: Concepts
    private let specialCare: Concepts
    private let device: Device

    /// The reference rounds to three digits before it compares with zero.
    private static let leastExcess: Float = 0.0005

    /// How much is added to every further score once a picture needs special care.
    private static let specialCareAdjustment: Float = 0.01

    /// Reads the folders `safety_checker` and `feature_extractor` of a model.
    ///
    /// - Throws: `ConfigurationError` or `SafetensorsError` for what is missing or wrong there.
    package init(folder: ComponentFolder, featureExtractor: ComponentFolder, on device: Device) throws {
        self.device = device
        let configuration: SafetyCheckerConfiguration = try folder.configuration()
        processing = try featureExtractor.configuration(from: "preprocessor_config.json")
        guard processing.cropSize == configuration.vision.imageSize else {
            throw ConfigurationError(
                .inconsistent, file: featureExtractor.file("preprocessor_config.json"), key: "crop_size",
                found: "\(processing.cropSize)",
                allowed: "the safety checker's \"image_size\", which is \(configuration.vision.imageSize)")
        }
        vision = configuration.vision
        let weights = try Weights(folder: folder.path)
        let width = configuration.projectionDimension
        visionModel = try CLIPVisionModel(weights["vision_model"], configuration: configuration.vision, on: device)
        visualProjection = try Linear(
            weights["visual_projection"], inputs: configuration.vision.hiddenSize, outputs: width, hasBias: false,
            on: device)
        concepts = try Concepts(weights, name: "concept_embeds", width: width, on: device)
        specialCare = try Concepts(weights, name: "special_care_embeds", width: width, on: device)
    }

    /// Whether a picture `[1, height, width, 3]` in 0…1 is near one of the concepts.
    package func isUnsuitable(_ picture: Tensor) -> Bool {
        let embedding = embedding(of: prepared(picture))
        var adjustment: Float = 0
        for excess in specialCare.excesses(of: embedding) where excess + adjustment > Self.leastExcess {
            adjustment = Self.specialCareAdjustment
        }
        return concepts.excesses(of: embedding).contains { $0 + adjustment > Self.leastExcess }
    }

    /// A picture as CLIP takes it: `[1, side, side, 3]`, resized, cut to a square and normalised.
    package func prepared(_ picture: Tensor) -> Tensor {
        let (height, width) = (picture.shape[1], picture.shape[2])
        let (edge, side) = (processing.shortestEdge, processing.cropSize)
        let (newHeight, newWidth) =
            height <= width ? (edge, edge * width / height) : (edge * height / width, edge)
        let resized = picture.resizedAsBytes(height: newHeight, width: newWidth)
        let (top, left) = ((newHeight - side) / 2, (newWidth - side) / 2)
        var result = Tensor(shape: [1, side, side, 3], on: device)
        let (mean, deviation) = (processing.mean, processing.deviation)
        result.withMutableElements { result in
            resized.withElements { source in
                for index in result.indices {
                    let (channel, x, y) = (index % 3, index / 3 % side, index / 3 / side)
                    let value = source[((top + y) * newWidth + left + x) * 3 + channel]
                    result[index] = (value - mean[channel]) / deviation[channel]
                }
            }
        }
        return result
    }

    /// The embedding of a prepared picture in the space of the concepts.
    package func embedding(of prepared: Tensor) -> [Float] { visualProjection(visionModel(prepared)).elements }

    /// Adds the checking of a picture of `height` × `width` pixels to an estimate of memory.
    func addChecking(to estimate: inout MemoryEstimate, height: Int, width: Int) {
        estimate.together(Array(repeating: height * width * 3, count: 5))
        let side = vision.imageSize / vision.patchSize
        let positions = side * side + 1
        let state = positions * vision.hiddenSize
        estimate.together(
            Array(repeating: state, count: 8)
                + estimate.attentionScratch(
                    batch: 1, queries: positions, keys: positions, channels: vision.hiddenSize,
                    heads: vision.attentionHeadCount))
        estimate.together([state, state, state, positions * vision.intermediateSize])
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Float {
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        let norms = a.reduce(0) { $0 + $1 * $1 }.squareRoot() * b.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return product / max(norms, 1e-12)
    }
}
