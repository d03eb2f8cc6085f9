import NeuralNetwork

extension DiffusionPipeline {
    /// The latents of a picture to begin with, as the denoiser takes them.
    ///
    /// A picture of another size than the one that is drawn is encoded at its own, without noise, and its latents are
    /// stretched: "just resize (latent upscale)" of stable-diffusion-webui, `modules/processing.py`.
    ///
    /// - Parameters:
    ///   - picture: `[1, height, width, 3]` in 0…1, its sides multiples of the model's.
    ///   - height: Rows of the latents that are drawn.
    ///   - width: Latents in a row of those.
    ///   - noise: What the encoder samples with, `[1, height, width, channels]`.
    /// - Returns: `[1, height, width, channels]`.
    func initialLatents(of picture: Tensor, height: Int, width: Int, noise: () -> Tensor) -> Tensor {
        let multiple = description.sizeMultiple
        let (rows, columns) = (picture.shape[1] / multiple, picture.shape[2] / multiple)
        let isAsDrawn = rows == height && columns == width
        let encoded = autoencoder.encode(picture.map { $0 * 2 - 1 }) {
            isAsDrawn
                ? noise()
                : Tensor(shape: [1, rows, columns, autoencoder.latentChannels], on: device).map { _ in 0 }
        }
        return autoencoder.scalingFactor * (isAsDrawn ? encoded : encoded.stretched(height: height, width: width))
    }
}
