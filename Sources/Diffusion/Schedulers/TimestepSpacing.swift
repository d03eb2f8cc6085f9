/// Which of the training timesteps are visited when there are fewer steps.
///
/// Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed", 2023, table 2.
enum TimestepSpacing: String, CaseIterable, Sendable {
    case linspace, leading, trailing

    /// Timesteps in descending order.
    ///
    /// - Parameters:
    ///   - steps: How many.
    ///   - last: The number of training timesteps that are used.
    ///   - training: The number of all training timesteps.
    ///   - offset: What is added to leading timesteps.
    ///   - includesEnd: Whether the smallest timestep is one of them. Multistep solvers leave it to the final sigma.
    func timesteps(_ steps: Int, last: Int, training: Int, offset: Int, includesEnd: Bool) -> [Double] {
        let points = includesEnd ? steps : steps + 1
        switch self {
        case .linspace:
            return evenlySpaced(from: 0, to: Double(last - 1), count: points).reversed().prefix(steps).map { $0 }
        case .leading:
            let ratio = last / points
            return (0..<points).reversed().prefix(steps).map { Double($0 * ratio + offset) }
        case .trailing:
            // NumPy's arange; an extra element that only its rounding makes would be the timestep -1: left out.
            let first = Double(last)
            let difference = (first - Double(training) / Double(steps)) - first
            return (0..<steps).map { (first + Double($0) * difference).rounded(.toNearestOrEven) - 1 }
                .filter { $0 >= 0 }
        }
    }
}

/// NumPy's `linspace`, with both ends.
func evenlySpaced(from start: Double, to end: Double, count: Int) -> [Double] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
}
