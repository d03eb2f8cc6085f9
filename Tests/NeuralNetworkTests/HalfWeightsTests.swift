import NeuralNetwork
import Testing

/// Large weights that half precision holds as they are stay half precision; one that it does not hold keeps them single.
@Suite("Weights in half precision")
struct HalfWeightsTests {
    @Test("a linear layer computes the same, bit for bit", arguments: InstructionSet.available)
    func linear(_ instructionSet: InstructionSet) {
        let device = Device(threads: 2, instructionSet: instructionSet)
        let x = Tensor(values(40 * 1024), shape: [40, 1024], on: device)
        let weight = Tensor(values(1024 * 1024), shape: [1024, 1024], on: device)
        let half = Linear(weight: weight, bias: nil)
        #expect((device.panelScratchCount > 0) == (instructionSet != .portable))
        let single = Linear(weight: withRow(of: 0.1, after: weight), bias: nil)
        #expect(half(x).elements == columns(0..<1024, of: single(x)))
    }

    @Test("a gated layer computes the same, bit for bit", arguments: InstructionSet.available)
    func gated(_ instructionSet: InstructionSet) {
        let device = Device(threads: 2, instructionSet: instructionSet)
        let x = Tensor(values(7 * 512), shape: [7, 512], on: device)
        // The same values but for the first, which decides how they are kept, and which a zero of `x` leaves out.
        var (exact, inexact) = (values(2048 * 512), values(2048 * 512))
        (exact[0], inexact[0]) = (0.5, 0.1)
        var input = x.elements
        for row in 0..<7 { input[row * 512] = 0 }
        let masked = Tensor(input, shape: [7, 512], on: device)
        let layers = [exact, inexact].map { GEGLU(weight: Tensor($0, shape: [2048, 512], on: device), bias: nil) }
        #expect(layers[0](masked).elements == layers[1](masked).elements)
    }

    @Test("a convolution computes the same, bit for bit", arguments: InstructionSet.available, [4, 16])
    func convolution(_ instructionSet: InstructionSet, side: Int) {
        let device = Device(threads: 2, instructionSet: instructionSet)
        let x = Tensor(values(side * side * 384), shape: [1, side, side, 384], on: device)
        let weight = Tensor(values(320 * 384 * 9), shape: [320, 384, 3, 3], on: device)
        let half = Conv2D(weight: weight, bias: nil)
        let single = Conv2D(weight: withRow(of: 0.1, after: weight), bias: nil)
        #expect(half(x).elements == columns(0..<320, of: single(x)))
    }

    /// Numbers that half precision holds, from -1 to 1.
    private func values(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 37 % 129 - 64) / 64 } }

    private func withRow(of value: Float, after weight: Tensor) -> Tensor {
        .concatenatingBatch([weight, Tensor(value, shape: [1] + weight.shape.dropFirst(), on: weight.device)])
    }

    private func columns(_ range: Range<Int>, of tensor: Tensor) -> [Float] {
        let (elements, width) = (tensor.elements, tensor.shape[tensor.shape.count - 1])
        return (0..<elements.count / width).flatMap { row in
            elements[row * width + range.lowerBound..<row * width + range.upperBound]
        }
    }
}
