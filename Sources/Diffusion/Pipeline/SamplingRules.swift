/// Whose rules say what a seed, its variation and a strength come to.
public enum SamplingRules: String, CaseIterable, Sendable {
    /// As diffusers: noise is drawn in its order, image to image goes `steps * strength` steps, none at a strength of 0.
    /// All noise of a picture follows its seed, and at a variation's full strength the variation's seed.
    case native
    /// As AUTOMATIC1111's web UI with its random numbers from the processor: image to image goes one step more than
    /// `steps * strength`, and noise after the first follows the seed, whatever the variation's strength.
    case webUI
}
