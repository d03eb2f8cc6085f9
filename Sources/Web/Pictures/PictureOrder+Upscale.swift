internal import Imaging
internal import Privacy
internal import Studio
internal import Upscaling

extension PictureOrder {
    /// What the body of `POST /api/upscale` may have.
    static let upscaleNames: Set<String> = ["format", "image", "quality", "scale", "time_limit", "upscaler"]

    /// Reads the body of `POST /api/upscale`.
    ///
    /// Everything but the picture may be missing or null: it is then made four times as wide and high, by the first of the
    /// upscalers.
    init(upscale document: consuming JSONDocument, model: ModelCard, upscalers: UpscalerShelf) throws(WebError) {
        try document.allowOnly(Self.upscaleNames)
        let presentation = try Presentation(native: document)
        let timeLimit = try Self.timeLimit(document)
        let scale = try document.integer("scale") ?? Upscaler.scales.upperBound
        guard Upscaler.scales.contains(scale) else {
            throw WebError.badRequest(
                .invalidValue,
                "'scale' must be from \(Upscaler.scales.lowerBound) to \(Upscaler.scales.upperBound).",
                parameter: "scale")
        }
        let name = try document.word("upscaler") ?? upscalers.standard.name
        guard let image = try document.imageFile("image") else {
            throw WebError.badRequest(
                .missingParameter, "'image' is missing; send the picture to enlarge.", parameter: "image")
        }
        var request = GenerationRequest(
            enlarging: image, Enlargement(upscaler: name, target: .scale(Double(scale))), model: model)
        request.timeLimit = timeLimit
        try request.requireWritable(as: presentation.format, "format")
        self.init(request: request, presentation: presentation)
    }
}
