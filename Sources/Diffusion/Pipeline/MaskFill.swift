/// What is under a mask before denoising begins.
public enum MaskFill: String, CaseIterable, Sendable {
    /// The colours around the mask, blurred into it.
    case fill
    /// What the picture shows there.
    case original
    /// Noise of its own in the latents.
    case latentNoise = "latent noise"
    /// Nothing: latents of zero.
    case latentNothing = "latent nothing"
}
