import Foundation
import NeuralNetwork

/// DPM-Solver++(3M) for the stochastic differential equation.
///
/// Katherine Crowson, `k_diffusion/sampling.py`, `sample_dpmpp_3m_sde`, 2023; its noise is that of the picture's
/// generator, not of a Brownian tree.
struct DPMSolver3MSDEScheduler: SigmaScheduler {
    let trajectory: SigmaTrajectory

    private let eta: Float
    /// The last clean samples and the lengths in log sigma of the steps that they were the beginning of, newest first.
    private var past: [(x0: Tensor, h: Float)] = []

    init(_ configuration: SchedulerConfiguration, _ options: SamplingOptions, steps: Int, begin: Int) {
        eta = options.eta ?? 1
        trajectory = SigmaTrajectory(configuration, for: .dpmSolver3MSDE, options, steps: steps, begin: begin)
    }

    mutating func step(modelOutput: Tensor, at stepIndex: Int, sample: Tensor, noise: () -> Tensor) -> Tensor {
        let x0 = predictOriginal(from: modelOutput, at: stepIndex, sample: sample)
        let (sigma, next) = trajectory.ends(of: trajectory.evaluations[stepIndex])
        guard next > 0 else { return x0 }
        let h = log(sigma) - log(next)
        let hEta = h * (eta + 1)
        var result = exp(-hEta) * sample - expm1(-hEta) * x0
        let phi2 = expm1(-hEta) / hEta + 1
        if past.count > 1 {
            let (r0, r1) = (past[0].h / h, past[1].h / h)
            let d10 = (x0 - past[0].x0) / r0
            let d11 = (past[0].x0 - past[1].x0) / r1
            let d1 = d10 + (r0 / (r0 + r1)) * (d10 - d11)
            let d2 = (d10 - d11) / (r0 + r1)
            result = result + phi2 * d1 - (phi2 / hEta - 0.5) * d2
        } else if let last = past.first {
            result = result + phi2 * ((x0 - last.x0) / (last.h / h))
        }
        if eta > 0 { result = result + (trajectory.noiseScale * next * (-expm1(-2 * h * eta)).squareRoot()) * noise() }
        past.insert((x0, h), at: 0)
        if past.count > 2 { past.removeLast() }
        return result
    }
}
