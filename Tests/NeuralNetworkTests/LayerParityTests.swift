import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Every layer computes what PyTorch's computes, on every instruction set that this processor has.
@Suite("Layers agree with PyTorch")
struct LayerParityTests {
    /// One recorded case of a layer: its settings and tensors.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        var stride: Int?
        var padding: [Int]?
        var groups: Int?
        var epsilon: Float?
        var silu: Bool?
        var function: String?
        var heads: Int?
        var causal: Bool?
        var size: [Int]?

        var testDescription: String { name }

        static let all: [Case] = {
            let data = (try? Data(contentsOf: Fixtures.url("layers/cases.json"))) ?? Data()
            return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
        }()

        static func of(_ kind: String) -> [Case] { all.filter { $0.kind == kind } }
    }

    /// One case on one device.
    struct Bench {
        let tensors: Weights
        let device: Device

        init(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
            tensors = try Fixtures.weights("layers/layers.safetensors")[layerCase.name]
            device = Device(threads: 2, instructionSet: instructionSet)
        }

        func tensor(_ name: String) throws -> Tensor { try tensors.tensor(name, on: device) }

        func optional(_ name: String) throws -> Tensor? { tensors.contains(name) ? try tensor(name) : nil }

        func expect(_ result: Tensor, tolerance: Double = 1e-5, sourceLocation: SourceLocation = #_sourceLocation)
            throws
        {
            let error = result.relativeError(to: try tensor("output"))
            #expect(error <= tolerance, sourceLocation: sourceLocation)
        }
    }

    @Test("the fixtures hold every kind of layer")
    func fixturesAreComplete() {
        let kinds = Set(Case.all.map(\.kind))
        #expect(
            kinds.isSuperset(of: [
                "conv", "linear", "group_norm", "layer_norm", "geglu", "activation", "attention", "upsample",
            ]))
    }

    @Test("convolutions", arguments: Case.of("conv"), InstructionSet.available)
    func convolution(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let bench = try Bench(layerCase, instructionSet)
        let isAsymmetric = layerCase.padding?[0] != layerCase.padding?[1]
        let layer = Conv2D(
            weight: try bench.tensor("weight"), bias: try bench.optional("bias"), stride: layerCase.stride ?? 1,
            padding: isAsymmetric ? .bottomRight : .all(layerCase.padding?[0] ?? 0))
        try bench.expect(layer(try bench.tensor("input").channelsLast()).channelsFirst())
    }

    @Test(
        "convolutions add shift, activation and residual as separate steps would", arguments: InstructionSet.available)
    func epilogue(_ instructionSet: InstructionSet) throws {
        for layerCase in Case.of("conv") where layerCase.stride == 1 {
            let bench = try Bench(layerCase, instructionSet)
            let layer = Conv2D(
                weight: try bench.tensor("weight"), bias: try bench.optional("bias"),
                padding: .all(layerCase.padding?[0] ?? 0))
            let input = try bench.tensor("input").channelsLast()
            let plain = layer(input)
            let (batch, channels) = (plain.shape[0], plain.shape[3])
            let shift = Tensor(
                (0..<batch * channels).map { Float($0 % 7) / 7 }, shape: [batch, channels], on: bench.device)
            let residual = plain.map { 0.5 - $0 }
            let pixels = plain.count / batch / channels
            let spread = Tensor(
                (0..<plain.count).map { shift.elements[$0 / channels / pixels * channels + $0 % channels] },
                shape: plain.shape, on: bench.device)
            let expected = Activation.silu(plain + spread) + residual
            let fused = layer(input, shift: shift, activation: .silu, adding: residual)
            #expect(fused.relativeError(to: expected) < 1e-5, "\(layerCase.name)")
        }
    }

    @Test("linear layers", arguments: Case.of("linear"), InstructionSet.available)
    func linear(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let bench = try Bench(layerCase, instructionSet)
        let layer = Linear(weight: try bench.tensor("weight"), bias: try bench.optional("bias"))
        try bench.expect(layer(try bench.tensor("input")))
    }

    @Test("gated linear layers", arguments: Case.of("geglu"), InstructionSet.available)
    func gated(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let bench = try Bench(layerCase, instructionSet)
        let layer = GEGLU(weight: try bench.tensor("weight"), bias: try bench.optional("bias"))
        try bench.expect(layer(try bench.tensor("input")))
    }

    @Test("group normalisation", arguments: Case.of("group_norm"), InstructionSet.available)
    func groupNorm(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let bench = try Bench(layerCase, instructionSet)
        let layer = GroupNorm(
            weight: try bench.tensor("weight"), bias: try bench.tensor("bias"), groups: layerCase.groups ?? 1,
            epsilon: layerCase.epsilon ?? 0)
        let activation = layerCase.silu == true ? Activation.silu : .identity
        let result = layer(try bench.tensor("input").channelsLast(), activation: activation)
        try bench.expect(result.channelsFirst(), tolerance: 1e-4)
    }

    @Test("layer normalisation", arguments: Case.of("layer_norm"), InstructionSet.available)
    func layerNorm(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let bench = try Bench(layerCase, instructionSet)
        let layer = LayerNorm(
            weight: try bench.tensor("weight"), bias: try bench.tensor("bias"), epsilon: layerCase.epsilon ?? 0)
        try bench.expect(layer(try bench.tensor("input")))
    }

    @Test("activations, element by element", arguments: Case.of("activation"), InstructionSet.available)
    func activation(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let functions: [String: Activation] = [
            "gelu": .gelu, "gelu_tanh": .geluTanh, "quick_gelu": .quickGELU, "silu": .silu, "relu": .relu,
        ]
        guard let name = layerCase.function, let function = functions[name] else { return }
        let bench = try Bench(layerCase, instructionSet)
        let result = function(try bench.tensor("input"))
        for (value, expected) in zip(result.elements, try bench.tensor("output").elements) {
            #expect(abs(value - expected) <= 2e-6 * max(1, abs(expected)), "\(name)")
        }
    }

    @Test("attention", arguments: Case.of("attention"), InstructionSet.available)
    func attend(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let bench = try Bench(layerCase, instructionSet)
        let result = attention(
            query: try bench.tensor("query"), key: try bench.tensor("key"), value: try bench.tensor("value"),
            heads: layerCase.heads ?? 1, isCausal: layerCase.causal ?? false)
        try bench.expect(result)
    }

    @Test("upsampling and its convolution", arguments: Case.of("upsample"), InstructionSet.available)
    func upsample(_ layerCase: Case, _ instructionSet: InstructionSet) throws {
        let bench = try Bench(layerCase, instructionSet)
        let size = try #require(layerCase.size)
        let layer = Conv2D(weight: try bench.tensor("weight"), bias: try bench.optional("bias"))
        let input = try bench.tensor("input").channelsLast()
        try bench.expect(layer.upsampling(input, height: size[0], width: size[1]).channelsFirst())
    }
}
