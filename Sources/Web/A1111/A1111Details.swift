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
    /// The seed as it was asked for; -1 for any.
    var requestedSeed: Int64 = -1
    var resizeMode = ResizeMode.stretch
    var hasMask = false
    var maskIsInverted = false
    /// The number of ``GenerationSettings/maskFill`` in A1111.
    var maskFill = 0
    var format = ImageFormat.png
    var sendsImages = true
    /// Whether the request's parameters are written into its pictures.
    var embedsParameters = false
}
