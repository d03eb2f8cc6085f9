/// Whose rules say what a seed, its variation and a strength come to.
public enum SamplingRules: String, CaseIterable, Sendable {
    /// As diffusers: noise is drawn in its order, and image to image goes `steps * strength` steps, one at the least; at a
    /// strength of 0 the picture stays. All noise of a picture follows its seed, and at a variation's full strength the
    /// variation's seed.
    case native
    /// As AUTOMATIC1111's web UI with its random numbers from the processor: image to image goes one step more than
    /// `steps * strength`, and noise after the first follows the seed, whatever the variation's strength.
    case webUI

    /// How many of the steps image to image goes at a strength.
    ///
    /// Reference: diffusers, `StableDiffusionImg2ImgPipeline.get_timesteps`, which refuses to go none; the web UI's
    /// `modules/sd_samplers_common.py`, `setup_img2img_steps`.
    public func steps(of steps: Int, strength: Float) -> Int {
        // Python multiplies the decimal number that the person wrote: 0.7 of 10 steps is 7, though Float's 0.7 is less.
        let decimal = min(1, max(0, Double(strength.description) ?? Double(strength)))
        switch self {
        case .native: return decimal > 0 ? max(1, Int(Double(steps) * decimal)) : 0
        case .webUI: return Int(Double(steps) * min(decimal, 0.999)) + 1
        }
    }
}
