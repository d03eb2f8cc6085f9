import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("TorchRandomSource draws what PyTorch's CPU generator draws")
struct RandomSourceTests {
    struct NormalCase: Decodable {
        struct Draw: Decodable {
            let count: Int
            let first: [Float]
            let last: [Float]
        }
        let seed: UInt64
        let draws: [Draw]
    }

    @Test("normal numbers agree, whatever sizes are drawn one after the other")
    func normal() throws {
        let cases = try read([NormalCase].self, "random_source/normal.json")
        #expect(cases.count > 50)
        var largestError: Float = 0
        for `case` in cases {
            var source = TorchRandomSource(seed: `case`.seed)
            for draw in `case`.draws {
                let values = source.normal(draw.count)
                #expect(values.count == draw.count)
                let differences =
                    zip(values.prefix(draw.first.count), draw.first).map { abs($0 - $1) }
                    + zip(values.suffix(draw.last.count), draw.last).map { abs($0 - $1) }
                largestError = max(largestError, differences.max() ?? 0)
            }
        }
        #expect(largestError < 1e-6)
    }

    @Test("uniform numbers agree in every bit")
    func uniform() throws {
        struct Case: Decodable {
            let seed: UInt64
            let count: Int
            let first: [Int]
            let last: [Int]
        }
        for `case` in try read([Case].self, "random_source/uniform.json") {
            var source = TorchRandomSource(seed: `case`.seed)
            let bits = source.uniform(`case`.count).map { Int($0 * 0x1p24) }
            #expect(Array(bits.prefix(`case`.first.count)) == `case`.first)
            #expect(Array(bits.suffix(`case`.last.count)) == `case`.last)
        }
    }

    @Test("latents are drawn channel by channel and laid out pixel by pixel")
    func latents() throws {
        struct Case: Decodable {
            let seed: UInt64
            let shape: [Int]
            let nhwc: [Float]
        }
        let device = Device(threads: 1)
        for `case` in try read([Case].self, "random_source/latents.json") {
            let (batch, channels, height, width) = (`case`.shape[0], `case`.shape[1], `case`.shape[2], `case`.shape[3])
            var source = TorchRandomSource(seed: `case`.seed)
            let latents = source.normalLatents(
                batch: batch, height: height, width: width, channels: channels, on: device)
            #expect(latents.shape == [batch, height, width, channels])
            #expect(zip(latents.elements, `case`.nhwc).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    @Test("a copy of a generator goes on by itself")
    func copies() {
        var source = TorchRandomSource(seed: 3)
        _ = source.normal(5)
        var copy = source
        let (ahead, again) = (source.normal(20), copy.normal(20))
        #expect(ahead == again)
        #expect(source.normal(1) != ahead.prefix(1).map { $0 })
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: Fixtures.url(path)))
    }
}
