import NeuralNetwork
import Testing

/// A sample's numbers are the same to the bit whichever samples share its batch, and on any number of threads: no sum's
/// order depends on either.
@Suite("A sample is computed the same in any batch")
struct SampleIndependenceTests {
    /// A layer that is compared with itself.
    struct Layer: Sendable, CustomTestStringConvertible {
        let name: String
        /// The shape of one sample.
        let shape: [Int]
        let call: @Sendable (Tensor) -> Tensor

        var testDescription: String { name }
    }

    /// Numbers about zero, whose quotients by a power of two are exact in half precision and others' are not.
    private static func numbers(
        _ shape: [Int], seed: Int, dividedBy divisor: Float = 1013, on device: Device
    ) -> Tensor {
        let count = shape.reduce(1, *)
        let elements = (0..<count).map { (index: Int) -> Float in
            let mixed = (index + seed) * 7919 % 1013
            return Float(mixed - 506) / divisor
        }
        return Tensor(elements, shape: shape, on: device)
    }

    private static func layers(on device: Device) -> [Layer] {
        // Most models' weights are halves, which kernels widen in ways of their own.
        func weights(_ shape: Int...) -> Tensor {
            numbers(shape, seed: shape[0], dividedBy: shape[0] % 3 == 0 ? 1013 : 1024, on: device)
        }
        var layers: [Layer] = []
        for (height, width) in [(1, 1), (2, 3), (4, 4), (4, 5), (8, 8), (9, 7), (16, 16), (33, 20)] {
            for (inputs, outputs) in [(4, 24), (16, 16), (20, 64), (72, 40), (200, 72), (136, 130)] {
                let plain = Conv2D(weight: weights(outputs, inputs, 3, 3), bias: weights(outputs))
                let name = "\(inputs) to \(outputs) channels, \(height) × \(width)"
                layers.append(
                    Layer(name: "3 × 3 convolution, " + name, shape: [height, width, inputs]) {
                        plain($0, activation: .silu)
                    })
                layers.append(
                    Layer(name: "upsampling convolution, " + name, shape: [height, width, inputs]) {
                        plain.upsampling($0, height: 2 * height, width: 2 * width)
                    })
                let pointwise = Conv2D(weight: weights(outputs, inputs, 1, 1), bias: weights(outputs))
                layers.append(
                    Layer(name: "1 × 1 convolution, " + name, shape: [height, width, inputs]) { pointwise($0) })
                if height > 2 {
                    let halving = Conv2D(weight: weights(outputs, inputs, 3, 3), bias: nil, stride: 2)
                    layers.append(
                        Layer(name: "halving convolution, " + name, shape: [height, width, inputs]) { halving($0) })
                }
            }
            for channels in [32, 96, 256] {
                let norm = GroupNorm(weight: weights(channels), bias: weights(channels), groups: 32, epsilon: 1e-5)
                layers.append(
                    Layer(name: "group norm, \(channels), \(height) × \(width)", shape: [height, width, channels]) {
                        norm($0, activation: .silu)
                    })
                let (layerNorm, gate) = (
                    LayerNorm(weight: weights(channels), bias: weights(channels)),
                    GEGLU(weight: weights(2 * channels, channels), bias: weights(2 * channels))
                )
                let project = Linear(weight: weights(3 * channels, channels), bias: weights(3 * channels))
                layers.append(
                    Layer(name: "attention, \(channels), \(height * width)", shape: [height * width, channels]) {
                        let joined = project(layerNorm($0))
                        let attended = attention(
                            query: Channels(joined, 0..<channels), key: Channels(joined, channels..<2 * channels),
                            value: Channels(joined, 2 * channels..<3 * channels), heads: 4)
                        return gate(attended)
                    })
            }
        }
        return layers
    }

    @Test("every layer, in batches from 1 to 10, on 1 to 3 threads", arguments: InstructionSet.available)
    func batches(_ instructionSet: InstructionSet) {
        let single = Device(threads: 1, instructionSet: instructionSet)
        let alone = Self.layers(on: single).map { layer in
            (0..<10).map { layer.call(Self.numbers([1] + layer.shape, seed: $0, on: single)).elements }
        }
        for threads in 1...3 {
            let device = Device(threads: threads, instructionSet: instructionSet)
            for (layer, alone) in zip(Self.layers(on: device), alone) {
                for batch in [1, 2, 3, 5, 10] {
                    let samples = (0..<batch).map { Self.numbers([1] + layer.shape, seed: $0, on: device) }
                    let result = layer.call(.concatenatingBatch(samples)).elements
                    let isSame = result == alone[..<batch].flatMap(\.self)
                    #expect(isSame, "\(layer.name), \(batch) on \(threads) threads")
                }
            }
        }
    }

    /// Both have fused multiply-add and divide as IEEE 754 says; an estimate of 1 / x would differ, even from processor to
    /// processor.
    @Test(
        "activations are the same to the bit with narrow and wide vectors",
        .enabled(if: InstructionSet.available.contains(.avx512)))
    func widths() {
        let inputs = (0..<65_536).map { Float($0 - 32_768) / 4_099 }
        let results = [InstructionSet.avx2, .avx512].map { instructionSet in
            let x = Tensor(inputs, shape: [1, inputs.count], on: Device(threads: 1, instructionSet: instructionSet))
            return [Activation.silu, .gelu, .geluTanh, .quickGELU].map { $0(x.map(\.self)).elements }
        }
        let isSame = results[0] == results[1]
        #expect(isSame)
    }
}
