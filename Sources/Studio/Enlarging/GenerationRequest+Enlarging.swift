import Imaging
import Privacy

extension GenerationRequest {
    /// Asks for a picture that was sent to be enlarged; nothing is drawn.
    ///
    /// - Parameters:
    ///   - image: The picture's file.
    ///   - enlargement: What it becomes, and by what.
    ///   - model: The model, which has no part in it.
    public init(enlarging image: consuming ImageFile, _ enlargement: Enlargement, model: ModelCard) {
        self.init(prompt: Prompt(""), settings: GenerationSettings(for: enlargement, model: model))
        initialSource = image.digitalSource
        upload = ImageUpload(image: image)
    }
}

extension GenerationSettings {
    fileprivate init(for enlargement: Enlargement, model: ModelCard) {
        self.init(for: model)
        self.enlargement = enlargement
        keepsImageSize = true
        seed = 0
    }
}
