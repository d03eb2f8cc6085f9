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

    /// Brings a picture to the shape of the picture to be, unless the studio does it as well: it stretches, and cuts
    /// out what is under the mask.
    func fitted(
        _ picture: consuming PixelBuffer, _ settings: GenerationSettings, limits: RequestLimits
    ) -> PixelBuffer {
        let (width, height) = (settings.width, settings.height)
        guard resizeMode != .stretch, settings.inpaintArea == .wholePicture,
            // The studio refuses any other size, and says why.
            limits.sides.contains(width), limits.sides.contains(height), width * height <= limits.maximumPixels
        else { return picture }
        return picture.resized(width: width, height: height, mode: resizeMode)
    }
}
