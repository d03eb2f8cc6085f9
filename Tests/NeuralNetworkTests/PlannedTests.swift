import NeuralNetwork
import Testing

/// What a plan computes is compared, bit for bit, with the same function called on another device, which makes none.
@Suite("Functions that run as plans")
struct PlannedTests {
    /// A small network with every kind of operation that networks are made of.
    private struct Network: Sendable {
        let norm: GroupNorm
        let convolution: Conv2D
        let halving: Conv2D
        let project: Linear
        let gate: GEGLU

        init(on device: Device) {
            func weights(_ shape: Int...) -> Tensor {
                let count = shape.reduce(1, *)
                return Tensor((0..<count).map { Float(($0 * 7919) % 1013) / 1013 - 0.5 }, shape: shape, on: device)
            }
            norm = GroupNorm(weight: weights(32), bias: weights(32), groups: 4, epsilon: 1e-5)
            convolution = Conv2D(weight: weights(32, 32, 3, 3), bias: weights(32))
            halving = Conv2D(weight: weights(32, 32, 3, 3), bias: nil, stride: 2)
            project = Linear(weight: weights(32, 16), bias: weights(32))
            gate = GEGLU(weight: weights(64, 32), bias: weights(64))
        }

        func prepare(_ constants: [Tensor]) -> [Tensor] { [project(constants[0])] }

        func callAsFunction(_ inputs: [Tensor], _ prepared: [Tensor]) -> Tensor {
            let x = inputs[0]
            let map = halving(convolution(norm(x, activation: .silu), adding: x))
            let sequence = map.reshaped(x.shape[0], map.count / x.shape[0] / 32, 32)
            let attended = attention(query: sequence, key: prepared[0], value: prepared[0], heads: 2)
            return gate(.concatenatingChannels([attended]))
        }
    }

    private static func inputs(_ seed: Int, side: Int = 8, on device: Device) -> (map: Tensor, prompt: Tensor) {
        func numbers(_ shape: Int...) -> Tensor {
            Tensor((0..<shape.reduce(1, *)).map { Float(($0 &* 31 &+ seed) % 257) / 257 }, shape: shape, on: device)
        }
        return (numbers(2, side, side, 32), numbers(2, 5, 16))
    }

    private static func expected(_ seed: Int, side: Int = 8, threads: Int) -> [Float] {
        let device = Device(threads: threads)
        let (network, inputs) = (Network(on: device), inputs(seed, side: side, on: device))
        return network([inputs.map], network.prepare([inputs.prompt])).elements
    }

    private static func call(_ planned: Planned, _ network: Network, _ seed: Int, side: Int = 8, on device: Device)
        -> [Float]
    {
        let inputs = inputs(seed, side: side, on: device)
        return planned([inputs.map], constants: [inputs.prompt], prepare: network.prepare, network.callAsFunction)
            .elements
    }

    @Test("compute what the function does, for other numbers and other shapes", arguments: 1...4)
    func same(threads: Int) {
        let device = Device(threads: threads)
        let (planned, network) = (Planned(on: device), Network(on: device))
        for seed in [1, 1, 2, 3, 1] {
            for side in [8, 6] {
                let result = Self.call(planned, network, seed, side: side, on: device)
                #expect(result == Self.expected(seed, side: side, threads: threads))
            }
        }
    }

    @Test("hold nothing once their device's memory was overwritten, and compute the same afterwards")
    func overwritten() {
        let device = Device(threads: 2)
        let (planned, network) = (Planned(on: device), Network(on: device))
        let first = Self.call(planned, network, 1, on: device)
        #expect(device.memory.unerasedBytes > 0)
        device.memory.overwrite()
        #expect(device.memory.unerasedBytes == 0)
        #expect(Self.call(planned, network, 1, on: device) == first)
        #expect(device.memory.unerasedBytes > 0)
    }

    @Test("give their memory back when it is erased")
    func erased() {
        let device = Device(threads: 2)
        let (planned, network) = (Planned(on: device), Network(on: device))
        let before = device.memory.heldBytes - device.memory.idleBytes
        let first = Self.call(planned, network, 1, on: device)
        device.memory.erase()
        #expect(device.memory.heldBytes == before)
        #expect(Self.call(planned, network, 1, on: device) == first)
    }

    @Test("serve several callers at once")
    func manyCallers() async {
        let device = Device(threads: 2)
        let (planned, network) = (Planned(on: device), Network(on: device))
        let expected = (0..<4).map { Self.expected($0, threads: 2) }
        await withTaskGroup(of: Bool.self) { group in
            for seed in 0..<4 {
                group.addTask {
                    (0..<30).allSatisfy { _ in Self.call(planned, network, seed, on: device) == expected[seed] }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
