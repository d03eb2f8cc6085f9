import Foundation

/// How the noise levels of a trajectory lie between the highest and the lowest.
enum SigmaSpacing: Sendable {
    /// At the training levels of evenly spaced timesteps.
    case interpolated
    /// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022, equation 5.
    case karras
    /// Evenly in the logarithm.
    case exponential
    /// Lee et al., "Beta Sampling is All You Need", 2024.
    case beta
    /// Lu et al., "DPM-Solver", 2022: evenly in half the logarithm of the signal-to-noise ratio.
    case lu
    /// Evenly in the mixture of picture and noise, for flow matching.
    case flow

    /// Descending noise levels, or nil where they follow from the timesteps.
    func sigmas(from maximum: Double, to minimum: Double, count: Int) -> [Double]? {
        switch self {
        case .interpolated, .flow:
            return nil
        case .karras:
            let rho = 7.0
            let (low, high) = (pow(minimum, 1 / rho), pow(maximum, 1 / rho))
            return evenlySpaced(from: 0, to: 1, count: count).map { pow(high + $0 * (low - high), rho) }
        case .exponential, .lu:
            return evenlySpaced(from: log(maximum), to: log(minimum), count: count).map { exp($0) }
        case .beta:
            return evenlySpaced(from: 0, to: 1, count: count).map {
                minimum + BetaDistribution.quantile(1 - $0) * (maximum - minimum)
            }
        }
    }
}

/// The beta distribution with both parameters 0.6.
enum BetaDistribution {
    private static let shape = 0.6

    /// The number below which a draw falls with a probability, found by bisection.
    static func quantile(_ probability: Double) -> Double {
        guard probability > 0 else { return 0 }
        guard probability < 1 else { return 1 }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22), which converges on this
    /// side of the middle; the distribution is symmetric.
    private static func cumulative(_ x: Double) -> Double {
        if x > 0.5 { return 1 - cumulative(1 - x) }
        guard x > 0 else { return 0 }
        let beta = tgamma(shape) * tgamma(shape) / tgamma(2 * shape)
        var fraction = 1.0
        for m in (1...60).reversed() {
            let m = Double(m)
            let even = m * (shape - m) * x / ((shape + 2 * m - 1) * (shape + 2 * m))
            let odd = -(shape + m) * (2 * shape + m) * x / ((shape + 2 * m) * (shape + 2 * m + 1))
            fraction = 1 + even / (1 + odd / fraction)
        }
        let first = -(shape + shape) * x / (shape + 1)
        return pow(x, shape) * pow(1 - x, shape) / (shape * beta * (1 + first / fraction))
    }
}
