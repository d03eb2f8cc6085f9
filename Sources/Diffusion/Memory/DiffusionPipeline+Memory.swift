extension DiffusionPipeline {
    /// How many bytes of memory the work on pictures takes at its peak, beyond the loaded model.
    ///
    /// An upper estimate from the model's configuration, for guided pictures: of reading prompts, of encoding an initial
    /// picture, of a pass of the denoiser over all of the batch, and of decoding and checking one picture. What is kept
    /// for the next pass is counted, what the process holds besides is not.
    ///
    /// - Parameters:
    ///   - width: The pictures' width in pixels.
    ///   - height: The pictures' height in pixels.
    ///   - batch: How many pictures share a pass.
    ///   - chunks: How many chunks the longest prompt fills.
    public func workingBytes(width: Int, height: Int, batch: Int, chunks: Int = 1) -> Int {
        let (latentHeight, latentWidth) = (height / description.sizeMultiple, width / description.sizeMultiple)
        let samples = unet.configuration.timeConditionDimension == nil ? 2 * batch : batch
        var estimate = MemoryEstimate(on: device)
        estimate.addNetwork { conditioner.addEncoding(to: &$0) }
        // Every picture's embeddings, and its latents with what its scheduler and its mask remember of them.
        let tokens = chunks * conditioner.length
        for _ in 0..<samples { estimate.take(tokens * conditioner.width) }
        let latents = latentHeight * latentWidth * autoencoder.latentChannels
        for _ in 0..<12 * batch { estimate.take(latents) }
        estimate.trim()
        autoencoderMemory.addEncoding(to: &estimate, height: height, width: width)
        estimate.trim()
        estimate.addNetwork {
            unet.configuration.addPass(
                to: &$0, samples: samples, height: latentHeight, width: latentWidth, tokens: tokens)
        }
        estimate.trim()
        estimate.addNetwork { autoencoderMemory.addDecoding(to: &$0, height: height, width: width) }
        estimate.trim()
        safetyChecker?.addChecking(to: &estimate, height: height, width: width)
        return estimate.allowance
    }
}
