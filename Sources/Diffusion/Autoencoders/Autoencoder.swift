public import NeuralNetwork

/// A network that turns pictures into latents and back.
public protocol Autoencoder: Sendable {
    /// What a latent is multiplied with before it meets the U-net.
    var scalingFactor: Float { get }

    /// How many pixels a latent's side stands for.
    var scale: Int { get }

    /// Channels of a latent.
    var latentChannels: Int { get }

    /// Whether decoding takes no longer than about a step of the denoisers that such an autoencoder comes with.
    var isLight: Bool { get }

    /// Turns pictures into latents, not yet scaled.
    ///
    /// - Parameters:
    ///   - pictures: `[batch, height, width, 3]` in -1…1.
    ///   - noise: Draws N(0, 1) of the latents' shape; called once by encoders of a distribution, and never by others.
    /// - Returns: `[batch, height / scale, width / scale, latentChannels]`.
    func encode(_ pictures: Tensor, noise: () -> Tensor) -> Tensor

    /// Turns latents, no longer scaled, into pictures `[batch, height, width, 3]`, about -1…1.
    func decode(_ latents: Tensor) -> Tensor
}
