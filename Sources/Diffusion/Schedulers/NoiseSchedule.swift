import Foundation

/// How much of the picture is left at each training timestep.
///
/// Computed in the precision and order of PyTorch's kernels: near the clean end `1 - alphaBar` cancels, and a last
/// bit of `alphaBar` would be seen in the latents.
package struct NoiseSchedule: Sendable {
    /// The cumulative product of `1 - beta`, ᾱ, by timestep.
    package let alphaBar: [Float]

    /// Makes the schedule that a configuration describes for a class of scheduler.
    package init(_ configuration: SchedulerConfiguration, for scheduler: SchedulerClass) {
        let betas: [Float]
        let count = configuration.trainingTimesteps
        let start = configuration.betaStart ?? scheduler.defaultBetaStart
        let end = configuration.betaEnd ?? scheduler.defaultBetaEnd
        if let trained = configuration.trainedBetas {
            betas = trained.map(Float.init)
        } else {
            switch configuration.betaSchedule ?? scheduler.defaultBetaSchedule {
            case .linear:
                betas = Self.linspace(from: Float(start), to: Float(end), count: count)
            case .scaledLinear:
                betas = Self.linspace(from: Float(start.squareRoot()), to: Float(end.squareRoot()), count: count)
                    .map { $0 * $0 }
            case .squaredCosine:
                betas = Self.squaredCosine(count: count)
            }
        }
        let alphaBar = Self.cumulativeProduct(betas)
        let rescales = configuration.rescalesToZeroTerminalSNR && scheduler != .pndm
        self.alphaBar = rescales ? Self.rescaledToZeroTerminalSNR(alphaBar) : alphaBar
    }

    /// The noise level `sqrt((1 - alphaBar) / alphaBar)` by timestep.
    ///
    /// The end of a schedule with zero terminal SNR is 4096 instead of infinity.
    func sigmas(hasZeroTerminalSNR: Bool) -> [Float] {
        var alphaBar = alphaBar
        if hasZeroTerminalSNR { alphaBar[alphaBar.count - 1] = 0x1p-24 }
        return alphaBar.map { ((1 - $0) / $0).squareRoot() }
    }

    /// `torch.linspace`, whose halves start from either end, with fused multiplication and addition.
    static func linspace(from start: Float, to end: Float, count: Int) -> [Float] {
        guard count > 1 else { return [start] }
        let step = (end - start) / Float(count - 1)
        return (0..<count).map { index in
            index < count / 2
                ? start.addingProduct(step, Float(index))
                : end.addingProduct(-step, Float(count - index - 1))
        }
    }

    /// `betas_for_alpha_bar`: a squared cosine as cumulative product, with betas of at most 0.999.
    private static func squaredCosine(count: Int) -> [Float] {
        func alphaBar(_ t: Double) -> Double {
            let cosine = cos((t + 0.008) / 1.008 * Double.pi / 2)
            return cosine * cosine
        }
        return (0..<count).map { index in
            let (t1, t2) = (Double(index) / Double(count), Double(index + 1) / Double(count))
            return Float(min(1 - alphaBar(t2) / alphaBar(t1), 0.999))
        }
    }

    /// `torch.cumprod` of `1 - beta`, which accumulates in double precision.
    private static func cumulativeProduct(_ betas: [Float]) -> [Float] {
        var product = 1.0
        return betas.map { beta in
            product *= Double(1 - beta)
            return Float(product)
        }
    }

    /// `rescale_zero_terminal_snr`: algorithm 1 of "Common Diffusion Noise Schedules and Sample Steps are Flawed".
    private static func rescaledToZeroTerminalSNR(_ alphaBar: [Float]) -> [Float] {
        let roots = alphaBar.map { $0.squareRoot() }
        guard let first = roots.first, let last = roots.last else { return alphaBar }
        let scale = first / (first - last)
        let rescaled = roots.map { root in
            let shifted = (root - last) * scale
            return shifted * shifted
        }
        let betas = rescaled.indices.map { 1 - (($0 == 0) ? rescaled[0] : rescaled[$0] / rescaled[$0 - 1]) }
        return cumulativeProduct(betas)
    }
}
