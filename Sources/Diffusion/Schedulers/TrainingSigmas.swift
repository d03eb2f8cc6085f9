import Foundation

/// The noise level of every training timestep, and the way back from a level to its timestep.
struct TrainingSigmas: Sendable {
    /// Ascending by timestep.
    let sigmas: [Float]

    private let logSigmas: [Float]

    init(_ sigmas: [Float]) {
        self.sigmas = sigmas
        logSigmas = sigmas.map { log($0) }
    }

    /// The level at a timestep between two of training, as `numpy.interp`.
    func sigma(at timestep: Double) -> Double {
        let last = sigmas.count - 1
        guard timestep > 0 else { return Double(sigmas[0]) }
        guard timestep < Double(last) else { return Double(sigmas[last]) }
        let below = Int(timestep)
        let (low, high) = (Double(sigmas[below]), Double(sigmas[below + 1]))
        return (high - low) * (timestep - Double(below)) + low
    }

    /// The level at a timestep between two of training, linear in its logarithm (k-diffusion's `t_to_sigma`).
    func logarithmicSigma(at timestep: Double) -> Double {
        let last = sigmas.count - 1
        guard timestep > 0 else { return Double(sigmas[0]) }
        guard timestep < Double(last) else { return Double(sigmas[last]) }
        let below = Int(timestep)
        let weight = timestep - Double(below)
        return exp((1 - weight) * Double(logSigmas[below]) + weight * Double(logSigmas[below + 1]))
    }

    /// The timestep at which a level occurs, linear in the level's logarithm (`_sigma_to_t`).
    func timestep(of sigma: Double) -> Double {
        let logSigma = log(max(sigma, 1e-10))
        let position = logSigmas.lastIndex { Double($0) <= logSigma } ?? 0
        let below = min(position, logSigmas.count - 2)
        let (low, high) = (logSigmas[below], logSigmas[below + 1])
        let weight = min(max((Double(low) - logSigma) / Double(low - high), 0), 1)
        return (1 - weight) * Double(below) + weight * Double(below + 1)
    }
}
