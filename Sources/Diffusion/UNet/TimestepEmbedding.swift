public import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The sinusoidal embedding of timesteps (Ho et al. 2020, arXiv:2006.11239), or of other numbers.
///
/// Reference: diffusers, `models/embeddings.py`, `get_timestep_embedding`.
public struct Timesteps: Sendable {
    private let frequencies: [Float]
    private let flipSinToCos: Bool
    private let isOdd: Bool

    /// Prepares the frequencies.
    ///
    /// - Parameters:
    ///   - width: The width of an embedding.
    ///   - flipSinToCos: Whether the cosines come before the sines.
    ///   - frequencyShift: Subtracted from half the width in the divisor of the exponent.
    public init(width: Int, flipSinToCos: Bool, frequencyShift: Float) {
        let half = width / 2
        frequencies = (0..<half).map { index in
            expf(-logf(10000) * Float(index) / (Float(half) - frequencyShift))
        }
        self.flipSinToCos = flipSinToCos
        isOdd = !width.isMultiple(of: 2)
    }

    /// Embeds numbers as `[count, width]`.
    public func callAsFunction(_ numbers: [Float], on device: Device) -> Tensor {
        let rows = numbers.flatMap { number -> [Float] in
            let sines = frequencies.map { sinf(number * $0) }
            let cosines = frequencies.map { cosf(number * $0) }
            return (flipSinToCos ? cosines + sines : sines + cosines) + (isOdd ? [0] : [])
        }
        return Tensor(rows, shape: [numbers.count, rows.count / numbers.count], on: device)
    }
}

/// The two linear layers that follow a sinusoidal embedding.
///
/// Reference: diffusers, `models/embeddings.py`, `TimestepEmbedding`.
struct TimestepEmbedding: Sendable {
    private let linear1, linear2: Linear
    private let conditionProjection: Linear?

    init(_ weights: Weights, inputs: Int, outputs: Int, condition: Int? = nil, on device: Device) throws {
        linear1 = try Linear(weights["linear_1"], inputs: inputs, outputs: outputs, on: device)
        linear2 = try Linear(weights["linear_2"], inputs: outputs, outputs: outputs, on: device)
        conditionProjection = try condition.map { width in
            try Linear(weights["cond_proj"], inputs: width, outputs: inputs, hasBias: false, on: device)
        }
    }

    func callAsFunction(_ sample: Tensor, condition: Tensor? = nil) -> Tensor {
        var sample = sample
        if let conditionProjection, let condition { sample = conditionProjection(condition, adding: sample) }
        return linear2(linear1(sample, activation: .silu))
    }
}
