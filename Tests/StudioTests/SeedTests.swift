import Diffusion
import Imaging
import Studio
import Testing

@Suite("The seeds of several pictures", .timeLimit(.minutes(1)))
struct SeedTests {
    private func request(_ change: (inout GenerationSettings) -> Void = { _ in }) -> GenerationRequest {
        var request = GenerationRequest.sample(seed: 10, count: 3)
        change(&request.settings)
        return request
    }

    @Test("count up from the first")
    func counting() async throws {
        let pictures = try await Studio(engine: FakeEngine()).generate(request())
        #expect(pictures.map(\.seed) == [10, 11, 12])
        #expect(pictures.allSatisfy { $0.variationSeed == nil })
    }

    @Test("stay with a variation, whose seed counts up")
    func variation() async throws {
        let pictures = try await Studio(engine: FakeEngine()).generate(
            request { ($0.variationSeed, $0.variationStrength) = (UInt64.max, 0.5) })
        #expect(pictures.map(\.seed) == [10, 10, 10])
        #expect(pictures.map(\.variationSeed) == [UInt64.max, 0, 1])
    }

    @Test("of a variation are drawn when none is named")
    func anyVariation() async throws {
        let pictures = try await Studio(engine: FakeEngine()).generate(request { $0.variationStrength = 0.1 })
        let first = try #require(pictures[0].variationSeed)
        #expect(pictures.map(\.variationSeed) == [first, first + 1, first + 2])
    }
}

@Suite("At a strength of nothing", .timeLimit(.minutes(1)))
struct KeptPictureTests {
    private func photo(_ side: Int) -> PixelBuffer {
        PixelBuffer(
            width: side, height: side, channels: 3,
            bytes: (0..<side * side).flatMap { [UInt8($0 % side), UInt8($0 / side), 7] })
    }

    private func bytes(_ picture: Picture) -> [UInt8]? {
        switch picture.take() {
        case .some(let pixels): pixels.withUnsafeBytes { Array($0) }
        case .none: nil
        }
    }

    @Test("the initial picture comes back as it is, as often as it was asked for, and nothing is drawn")
    func whole() async throws {
        let engine = FakeEngine()
        var request = GenerationRequest.sample(seed: 3, count: 3)
        request.settings.strength = 0
        request.initialPicture = photo(64)
        let studio = Studio(engine: engine)
        let pictures = try await studio.generate(request)
        let original = photo(64)
        let expected = original.withUnsafeBytes { Array($0) }
        #expect(pictures.map { bytes($0) } == [expected, expected, expected])
        #expect(pictures.map(\.seed) == [3, 4, 5])
        #expect(engine.calls.isEmpty)
        #expect(try await eventually { studio.load == (0, 0) })
    }

    @Test(
        "a mask changes nothing, whatever part is drawn",
        arguments: [InpaintArea.wholePicture, .onlyMasked(padding: 8)])
    func masked(area: InpaintArea) async throws {
        let side = 64
        var request = GenerationRequest.sample(seed: 3)
        request.settings.strength = 0
        request.settings.inpaintArea = area
        request.settings.maskFill = .fill
        request.initialPicture = photo(side)
        request.mask = PixelBuffer(
            width: side, height: side, channels: 1, bytes: (0..<side * side).map { $0 % side < 20 ? 255 : 0 })
        let engine = FakeEngine()
        let pictures = try await Studio(engine: engine).generate(request)
        let original = photo(side)
        #expect(bytes(pictures[0]) == original.withUnsafeBytes { Array($0) })
        #expect(engine.calls.isEmpty)
    }

    @Test("others are served meanwhile")
    func company() async throws {
        let studio = Studio(engine: FakeEngine())
        async let drawn = studio.generate(GenerationRequest.sample(seed: 1, count: 2))
        var request = GenerationRequest.sample(seed: 3, count: 10)
        request.settings.strength = 0
        request.initialPicture = photo(64)
        #expect(try await studio.generate(request).count == 10)
        #expect(try await drawn.count == 2)
    }
}
