import NeuralNetwork

/// A linear multistep method: the polynomial through the last four slopes, integrated to the next noise level.
///
/// Reference: `k_diffusion/sampling.py`, `sample_lms`, which is diffusers' `LMSDiscreteScheduler` wherever that has as
/// many slopes as it counts.
struct LMSDiscreteScheduler: SigmaScheduler {
    private static let order = 4

    let trajectory: SigmaTrajectory

    /// The slopes of the last steps, newest first.
    private var derivatives: [Tensor] = []

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        trajectory = SigmaTrajectory(configuration, for: .lmsDiscrete, options, steps: steps, begin: begin)
    }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        derivatives.insert(trajectory.derivative(modelOutput, at: stepIndex, sample), at: 0)
        if derivatives.count > Self.order { derivatives.removeLast() }
        let levels = trajectory.sigmas[...stepIndex].suffix(derivatives.count).reversed().map { Double($0) }
        let next = Double(trajectory.sigmas[stepIndex + 1])
        return derivatives.indices.reduce(sample) { sample, index in
            sample + Float(Self.coefficient(of: index, at: levels, to: next)) * derivatives[index]
        }
    }

    /// The integral, from the first of the levels to the next, of the polynomial that is 1 at one of them and 0 at the
    /// others.
    private static func coefficient(of index: Int, at levels: [Double], to next: Double) -> Double {
        // In powers of the distance from the first level, the constant first.
        var polynomial = [1.0]
        for other in levels.indices where other != index {
            let (root, scale) = (levels[other] - levels[0], levels[index] - levels[other])
            var product = [Double](repeating: 0, count: polynomial.count + 1)
            for (power, coefficient) in polynomial.enumerated() {
                product[power + 1] += coefficient / scale
                product[power] -= coefficient * root / scale
            }
            polynomial = product
        }
        let distance = next - levels[0]
        return polynomial.enumerated().reversed().reduce(0) { sum, term in
            (sum + term.element / Double(term.offset + 1)) * distance
        }
    }
}
