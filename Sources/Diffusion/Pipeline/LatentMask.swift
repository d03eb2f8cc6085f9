import NeuralNetwork

/// What keeps a part of a picture as it is while the rest is drawn anew, in the latents.
///
/// After every step, what is kept is replaced by the original, noised to the level of the next step.
/// Reference: diffusers, `StableDiffusionInpaintPipeline` with a U-net of as many channels as the latents have.
struct LatentMask: Sendable {
    /// 1 where the picture is drawn anew, 0 where it is kept: `[1, height, width, 1]`.
    private let mask: Tensor
    /// The latents of the original picture.
    private let original: Tensor
    /// What the original is noised with.
    private let noise: Tensor

    init(mask: Tensor, original: Tensor, noise: Tensor) {
        self.mask = mask
        self.original = original
        self.noise = noise
    }

    /// A mask in pixels as one in latents: resized, and decided where it is in between.
    ///
    /// Reference: stable-diffusion-webui, `modules/processing.py`, `StableDiffusionProcessingImg2Img.init`.
    ///
    /// - Parameter mask: `[1, height, width, 1]` in 0…1.
    /// - Returns: `[1, height / scale, width / scale, 1]` of 0 and 1.
    static func reduced(_ mask: Tensor, scale: Int) -> Tensor {
        mask.resizedAsBytes(height: mask.shape[1] / scale, width: mask.shape[2] / scale).map {
            $0.rounded(.toNearestOrEven)
        }
    }

    /// Latents with the original where it is kept, noised for the step to come; clean when there is none.
    func keepingOriginal(in latents: Tensor, before stepIndex: Int?, of scheduler: any Scheduler) -> Tensor {
        let kept = stepIndex.map { scheduler.addNoise(noise, to: original, at: $0) } ?? original
        return Self.blend(latents, over: kept, mask)
    }

    /// The first latents where the mask is 1, the second ones where it is 0.
    static func blend(_ new: Tensor, over old: Tensor, _ mask: Tensor) -> Tensor {
        var result = new
        let channels = new.shape[3]
        result.withMutableElements { result in
            old.withElements { old in
                mask.withElements { mask in
                    for index in result.indices where mask[index / channels] == 0 { result[index] = old[index] }
                }
            }
        }
        return result
    }
}
