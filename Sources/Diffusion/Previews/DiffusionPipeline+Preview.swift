public import NeuralNetwork
import Synchronization

extension DiffusionPipeline {
    /// How a picture will look as far as the last step can tell, made cheaply.
    ///
    /// A light autoencoder decodes it in full, which takes about a step; for others a linear map draws it smaller, at far
    /// below a tenth of a step. The first such preview takes longer, about as long as encoding a picture of 256×256 pixels.
    ///
    /// - Returns: `[1, height, width, 3]` in 0…1, of the picture's proportions and at most its size.
    public func preview(of task: DenoisingTask) -> Tensor {
        let expected = task.expectedLatents
        let latents =
            expected.withElements { $0.allSatisfy(\.isFinite) } ? expected : Tensor(shape: expected.shape, on: device)
        guard !autoencoder.isLight else {
            enter(.decoding(latents.shape))
            return autoencoder.decode(latents / autoencoder.scalingFactor).map { min(1, max(0, $0 / 2 + 0.5)) }
        }
        enter(.previewing)
        return latentPreview.withLock { fitted in
            let preview = fitted ?? LatentPreview(fittedTo: autoencoder, on: device)
            fitted = preview
            return preview
        }(latents)
    }
}
