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

    /// The noise of `Tests/Fixtures/parts/random_source.py`.
    struct PictureCase: Decodable {
        let seed: UInt64
        let variation: UInt64
        let strength: Float
        let shape: [Int]
        let inner: [Int]?
        let delta: Int64
        let first: [Float]
        let next: [Float]
    }

    private func noise(of seed: UInt64, _ change: (inout DenoisingSettings) -> Void = { _ in }) throws -> PictureNoise {
        let model = try ModelDescription(folder: Fixtures.url("pipelines/sd15/model").path)
        var settings = DenoisingSettings(for: model, seed: seed)
        change(&settings)
        return PictureNoise(settings, shape: LatentNoise.Shape(channels: 4, height: 6, width: 5), scale: 8)
    }

    @Test("variations and noise of another size are the web UI's")
    func webUI() throws {
        let cases = try read([PictureCase].self, "random_source/picture_noise.json")
        #expect(cases.count > 10)
        for expected in cases {
            var noise = try noise(of: expected.seed) { settings in
                settings.rules = .webUI
                settings.variationSeed = expected.variation
                settings.variationStrength = expected.strength
                settings.noiseSize = expected.inner.map { NoiseSize(width: 8 * $0[1] + 3, height: 8 * $0[0]) }
                settings.noiseSeedDelta = expected.delta
            }
            let (first, next) = (noise.first().values, noise.next().values)
            #expect(
                zip(first, expected.first).allSatisfy { abs($0 - $1) < 1e-5 },
                "\(expected.seed) \(expected.inner ?? [])")
            #expect(zip(next, expected.next).allSatisfy { abs($0 - $1) < 1e-5 }, "\(expected.seed)")
            #expect(first.count == expected.first.count && next.count == expected.next.count)
        }
    }

    @Test("a variation goes from one seed's noise to the other's, all of it at full strength")
    func nativeVariations() throws {
        func draws(_ seed: UInt64, variation: UInt64 = 2, strength: Float, encodes: Bool) throws -> [[Float]] {
            var noise = try noise(of: seed) { ($0.variationSeed, $0.variationStrength) = (variation, strength) }
            let encoding = encodes ? [noise.forEncoding().values] : []
            return encoding + [noise.first().values, noise.next().values]
        }
        for encodes in [false, true] {
            let (one, other) = (
                try draws(1, strength: 0, encodes: encodes), try draws(2, strength: 0, encodes: encodes)
            )
            #expect(try draws(1, strength: 1, encodes: encodes) == other)
            let between = try draws(1, strength: 0.5, encodes: encodes)
            #expect(between.last == one.last)
            #expect(between.first == one.first || !encodes)
            let near = try draws(1, strength: 0.999, encodes: encodes)
            let start = encodes ? 1 : 0
            #expect(zip(near[start], other[start]).allSatisfy { abs($0 - $1) < 0.05 })
            #expect(between[start] != one[start] && between[start] != other[start])
        }
    }

    @Test("noise of no height or of one latent is still numbers")
    func degenerate() throws {
        for size in [
            NoiseSize(width: 1, height: 1), NoiseSize(width: 2048, height: 8), NoiseSize(width: 8, height: 2048),
        ] {
            for rules in SamplingRules.allCases {
                var noise = try noise(of: 1) { settings in
                    (settings.noiseSize, settings.rules) = (size, rules)
                    (settings.variationSeed, settings.variationStrength) = (9, 0.5)
                }
                let first = noise.first().values
                #expect(first.allSatisfy { $0.isFinite })
            }
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
