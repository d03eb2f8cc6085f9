internal import Imaging
internal import Studio

/// What an answer in A1111's form says of a request beside its prompts and settings.
struct A1111Details: Sendable {
    /// What was asked for.
    enum Task: Sendable {
        case textToImage
        case imageToImage
    }

    var task: Task
    var sampler: A1111SamplerChoice
    var batchSize = 1
    var iterations = 1
    /// The seed as it was asked for; nil for any.
    var requestedSeed: UInt64?
    /// The variation's seed as it was asked for; nil for any.
    var requestedSubseed: UInt64?
    /// The variation's seed of the first picture, drawn unless it was asked for, whether there is a variation or not.
    var subseed: UInt64 = 0
    /// Sides of `seed_resize_from_w` and `seed_resize_from_h`; -1 for none.
    var noiseWidth = -1, noiseHeight = -1
    /// A1111's number of the resize mode.
    var resizeMode = 0
    var hasMask = false
    var maskIsInverted = false
    /// The number of ``GenerationSettings/maskFill`` in A1111.
    var maskFill = 0
    var format = ImageFormat.png
    /// From 0, smallest, to 100, best; PNG has none.
    var quality = PixelBuffer.defaultQuality
    var sendsImages = true
    /// Whether the request's parameters are written into its pictures.
    var embedsParameters = false
    /// The names of what was asked for and had no effect.
    var ignored: [String] = []

    /// More names than this are not told of, and longer ones cut off: they are the client's own text.
    private static let mostIgnored = 64

    /// Notes what has no effect.
    mutating func ignore(_ name: String) {
        guard ignored.count < Self.mostIgnored else { return }
        ignored.append(String(name.prefix(96)))
    }
}
