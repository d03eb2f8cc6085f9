/// How the noise levels of a trajectory are spaced, instead of as the model and the sampler would space them.
///
/// Each is what k-diffusion and AUTOMATIC1111's web UI understand by the name: between the highest and the lowest noise
/// level that the model was trained with, and zero at the end.
/// Reference: `k_diffusion/sampling.py`, and `modules/sd_schedulers.py` of the web UI.
public enum SigmaSchedule: String, CaseIterable, Sendable {
    /// At evenly spaced timesteps, the first and the last included: the web UI's "Normal" and "Uniform".
    case normal
    /// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022, equation 5.
    case karras
    /// Evenly in the logarithm.
    case exponential
    /// At evenly spaced timesteps without the last, as Stability AI's generative models.
    case sgmUniform = "sgm-uniform"
    /// At every so many of the training levels.
    case simple
    /// Lee et al., "Beta Sampling is All You Need", 2024.
    case beta

    /// The name that people know from other programs.
    public var displayName: String {
        switch self {
        case .normal: "Normal"
        case .karras: "Karras"
        case .exponential: "Exponential"
        case .sgmUniform: "SGM Uniform"
        case .simple: "Simple"
        case .beta: "Beta"
        }
    }
}
