import NeuralNetwork

/// What keeps a predicted clean sample in bounds.
enum SampleLimit: Sendable {
    case none
    /// Clamps to plus and minus a number.
    case clip(Float)
    /// Clamps to a quantile of the absolute values and divides by it; Saharia et al., "Photorealistic Text-to-Image
    /// Diffusion Models with Deep Language Understanding", 2022, section 2.3.
    case dynamic(ratio: Float, maximum: Float)

    /// Limits each picture of a batch by itself.
    func callAsFunction(_ sample: Tensor) -> Tensor {
        switch self {
        case .none:
            return sample
        case .clip(let range):
            return sample.map { min(max($0, -range), range) }
        case .dynamic(let ratio, let maximum):
            var sample = sample
            let pictures = sample.shape.first ?? 1
            let length = pictures > 0 ? sample.count / pictures : 0
            guard length > 0 else { return sample }
            sample.withMutableElements { elements in
                for start in stride(from: 0, to: elements.count, by: length) {
                    let range = start..<start + length
                    let quantile = Self.quantile(ratio, of: elements[range].map { abs($0) })
                    let s = min(max(quantile, 1), maximum)
                    for index in range { elements[index] = min(max(elements[index], -s), s) / s }
                }
            }
            return sample
        }
    }

    /// `torch.quantile`, which interpolates linearly between neighbours.
    private static func quantile(_ ratio: Float, of values: [Float]) -> Float {
        let sorted = values.sorted()
        let rank = ratio * Float(sorted.count - 1)
        let below = Int(rank)
        let weight = rank - Float(below)
        let (low, high) = (sorted[below], sorted[min(below + 1, sorted.count - 1)])
        return weight < 0.5 ? low + weight * (high - low) : high - (high - low) * (1 - weight)
    }
}
