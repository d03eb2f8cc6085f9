import Foundation
public import NeuralNetwork

/// The random numbers that PyTorch's CPU generator gives for a seed, so that one seed makes one picture everywhere.
///
/// `TorchRandomSource(seed: s).normal(n)` equals `torch.randn(n, generator=torch.Generator().manual_seed(s))`, also
/// over several calls of any sizes. The uniform numbers agree in every bit; the normal ones agree to about 1e-6,
/// since PyTorch's logarithm, sine and cosine differ between processors.
///
/// Reference: `aten/src/ATen/native/cpu/DistributionTemplates.h` and `aten/src/ATen/core/DistributionsHelper.h`.
public struct TorchRandomSource: Sendable {
    /// PyTorch fills this many numbers at once when a tensor has at least as many.
    private static let block = 16

    private var engine: MersenneTwister

    /// Box and Muller's method makes two numbers; the second of a small draw waits here for the next small draw.
    private var waitingNormal: Double?

    /// Starts the generator as `manual_seed(seed)` does, of whose 64 bits it uses the low 32.
    public init(seed: UInt64) {
        engine = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
    }

    /// Draws numbers uniformly from 0 up to but not including 1, as `torch.rand` does.
    public mutating func uniform(_ count: Int) -> [Float] {
        (0..<count).map { _ in nextUniform() }
    }

    /// Draws numbers from the standard normal distribution, as `torch.randn` does.
    public mutating func normal(_ count: Int) -> [Float] {
        guard count >= Self.block else { return (0..<count).map { _ in Float(nextNormal()) } }
        var values = uniform(count)
        for start in stride(from: 0, through: count - Self.block, by: Self.block) {
            Self.transformBlock(&values, at: start)
        }
        if count % Self.block != 0 {
            let start = count - Self.block
            for index in start..<count { values[index] = nextUniform() }
            Self.transformBlock(&values, at: start)
        }
        return values
    }

    /// Draws noise for latents as diffusers does, in the order `[batch, channels, height, width]`.
    ///
    /// - Returns: A tensor of shape `[batch, height, width, channels]`.
    public mutating func normalLatents(
        batch: Int = 1, height: Int, width: Int, channels: Int, on device: Device
    ) -> Tensor {
        Self.latents(
            normal(batch * channels * height * width), batch: batch, height: height, width: width, channels: channels,
            on: device)
    }

    /// Lays numbers out as latents that were drawn in the order `[batch, channels, height, width]`.
    static func latents(
        _ drawn: [Float], batch: Int, height: Int, width: Int, channels: Int, on device: Device
    ) -> Tensor {
        var latents = Tensor(shape: [batch, height, width, channels], on: device)
        latents.withMutableElements { elements in
            var target = 0
            for picture in 0..<batch {
                for pixel in 0..<height * width {
                    for channel in 0..<channels {
                        elements[target] = drawn[(picture * channels + channel) * height * width + pixel]
                        target += 1
                    }
                }
            }
        }
        return latents
    }

    /// 24 random bits as a fraction.
    private mutating func nextUniform() -> Float {
        Float(engine.next() & 0xff_ffff) * 0x1p-24
    }

    /// 53 random bits as a fraction; the first 32 drawn are the high ones.
    private mutating func nextPreciseUniform() -> Double {
        let high = UInt64(engine.next())
        let low = UInt64(engine.next())
        return Double((high << 32 | low) & 0x1f_ffff_ffff_ffff) * 0x1p-53
    }

    private mutating func nextNormal() -> Double {
        if let waiting = waitingNormal {
            waitingNormal = nil
            return waiting
        }
        let u1 = nextPreciseUniform()
        let u2 = nextPreciseUniform()
        let radius = (-2 * log1p(-u2)).squareRoot()
        let theta = 2 * Double.pi * u1
        waitingNormal = radius * sin(theta)
        return radius * cos(theta)
    }

    /// Box and Muller's transform of eight pairs of uniform numbers that lie eight apart.
    private static func transformBlock(_ values: inout [Float], at start: Int) {
        for index in start..<start + block / 2 {
            let u1 = 1 - values[index]
            let u2 = values[index + block / 2]
            let radius = (-2 * log(u1)).squareRoot()
            let theta = Float(2 * Double.pi) * u2
            values[index] = radius * cos(theta)
            values[index + block / 2] = radius * sin(theta)
        }
    }
}
