import Imaging
import Privacy
import Studio
import Testing

@Suite("The size of pictures", .timeLimit(.minutes(1)))
struct SizeTests {
    /// A model that makes pictures of any size, or only of about one.
    private func card(bound: Bool = false, native: (Int, Int) = (512, 512), multiple: Int = 8) -> ModelCard {
        let area = native.0 * native.1
        return ModelCard(
            identifier: "m", name: "M", defaultWidth: native.0, defaultHeight: native.1, defaultSteps: 4,
            defaultGuidanceScale: 1, defaultSampler: nil, samplers: [], sizeMultiple: multiple, nativeWidth: native.0,
            nativeHeight: native.1, workingPixels: bound ? area / 2...area * 2 : nil)
    }

    @Test(
        "that a model of any size makes is the next in whole latents, up to the limit of pixels",
        arguments: [
            (512, 512, 512, 512), (131, 129, 136, 136), (64, 2_048, 64, 2_048), (1_024, 1_024, 1_024, 1_024),
            (2_048, 2_048, 1_024, 1_024), (1_792, 1_024, 1_344, 768), (1_536, 1_024, 1_248, 832),
            (1_023, 1_025, 1_024, 1_024), (7, 9, 64, 64), (1_000, 10, 1_000, 64),
        ])
    func native(width: Int, height: Int, madeWidth: Int, madeHeight: Int) {
        let made = card().workingSize(for: ImageSize(width: width, height: height), limits: RequestLimits())
        #expect(made == ImageSize(width: madeWidth, height: madeHeight))
    }

    @Test(
        "that a small model makes is of about as many pixels as it was trained on",
        arguments: [
            (128, 128, 128, 128), (192, 128, 192, 128), (96, 96, 96, 96), (512, 512, 128, 128), (64, 64, 128, 128),
            (1_536, 1_024, 168, 112), (1_024, 1_792, 96, 168), (2_048, 64, 512, 64), (131, 129, 136, 136),
        ])
    func small(width: Int, height: Int, madeWidth: Int, madeHeight: Int) {
        let model = card(bound: true, native: (128, 128))
        let made = model.workingSize(for: ImageSize(width: width, height: height), limits: RequestLimits())
        #expect(made == ImageSize(width: madeWidth, height: madeHeight))
    }

    @Test("that any model makes of any size is within the limits, and covers it in nearly its proportions")
    func everySize() {
        let limits = RequestLimits()
        var random = SystemRandomNumberGenerator()
        for model in [card(), card(bound: true, native: (128, 128)), card(native: (1_024, 768), multiple: 64)] {
            for _ in 0..<2_000 {
                let size = ImageSize(
                    width: .random(in: 64...2_048, using: &random), height: .random(in: 64...2_048, using: &random))
                let made = model.workingSize(for: size, limits: limits)
                #expect(made.width.isMultiple(of: model.sizeMultiple) && made.height.isMultiple(of: model.sizeMultiple))
                #expect(limits.sides.contains(made.width) && limits.sides.contains(made.height))
                #expect(made.pixels <= min(limits.maximumPixels, model.workingPixels?.upperBound ?? .max))
                // Rounding moves each side by a multiple at the most, unless the shorter one is the shortest there is.
                let (multiple, short) = (Double(model.sizeMultiple), Double(min(made.width, made.height)))
                guard short > max(64, 2 * multiple) else { continue }
                let ratio = Double(made.width) * Double(size.height) / (Double(made.height) * Double(size.width))
                let slack = 1 + 1.5 * multiple / (short - multiple)
                #expect((1 / slack...slack).contains(ratio), "\(size) is made as \(made)")
            }
        }
    }

    @Test("of hostile sizes is one that can be made")
    func hostile() {
        for (width, height) in [(Int.max, Int.max), (.max, 1), (1, .max), (0, 0), (-1, -1), (24_000_000, 1)] {
            for model in [card(), card(bound: true, native: (128, 128))] {
                let made = model.workingSize(for: ImageSize(width: width, height: height), limits: RequestLimits())
                #expect(RequestLimits().sides.contains(made.width) && RequestLimits().sides.contains(made.height))
            }
        }
    }

    @Test(
        "is what was asked for, whatever the engine draws",
        arguments: [(131, 129), (64, 64), (2_048, 2_000), (97, 211)])
    func delivered(width: Int, height: Int) async throws {
        let engine = FakeEngine()
        let picture = try #require(
            try await Studio(engine: engine).generate(.sample(seed: 7, width: width, height: height)).first)
        #expect((picture.width, picture.height) == (width, height))
        guard let pixels = picture.take() else { throw CancellationError() }
        let shape = [pixels.width, pixels.height]
        #expect(shape == [width, height])
        #expect(picture.drawnSize.width.isMultiple(of: 8) && picture.drawnSize.pixels <= 1 << 20)
        // The fake engine draws one shade, which resizing keeps.
        let bytes = pixels.withUnsafeBytes { Set($0) }
        #expect(bytes == [7])
    }

    @Test("is an initial picture's own where none is asked for; what is outside a mask stays to the bit")
    func keptSize() async throws {
        let engine = FakeEngine()
        let (width, height) = (131, 90)
        var (colors, shades): ([UInt8], [UInt8]) = ([], [])
        for pixel in 0..<width * height {
            let (x, y) = (pixel % width, pixel / width)
            colors += [UInt8(x), UInt8(y), 7]
            shades.append((40..<60).contains(x) && (20..<30).contains(y) ? 255 : 0)
        }
        let photo = PixelBuffer(width: width, height: height, channels: 3, bytes: colors)
        let mask = PixelBuffer(width: width, height: height, channels: 1, bytes: shades)
        let kept = photo.withUnsafeBytes { Array($0) }
        var request = GenerationRequest.sample(seed: 200)
        request.settings.keepsImageSize = true
        request.initialPicture = consume photo
        request.mask = consume mask
        let picture = try #require(try await Studio(engine: engine).generate(request).first)
        guard let pixels = picture.take() else { throw CancellationError() }
        let shape = [pixels.width, pixels.height]
        #expect(shape == [width, height] && picture.drawnSize == ImageSize(width: 136, height: 96))
        let bytes = pixels.withUnsafeBytes { Array($0) }
        let expected = kept.indices.map { index in
            let isDrawn = (40..<60).contains(index / 3 % width) && (20..<30).contains(index / 3 / width)
            return isDrawn ? 200 : kept[index]
        }
        #expect(bytes == expected)
    }

    @Test("is charged for where pictures are enlarged, and counts in the memory that a request needs")
    func bounds() async throws {
        let engine = FakeEngine()
        var configuration = StudioConfiguration()
        configuration.memoryBudget = 64 << 20
        configuration.bodyBudget = 0
        let studio = Studio(engine: engine, configuration: configuration)
        // Ten pictures of twelve mebibytes each, of which the engine would draw a quarter.
        await #expect(throws: StudioError.self) {
            _ = try await studio.generate(.sample(seed: 1, count: 10, steps: 1, width: 2_048, height: 2_048))
        }
        #expect(engine.calls.isEmpty)
        #expect(try await studio.generate(.sample(seed: 1, count: 2, steps: 1, width: 2_048, height: 2_048)).count == 2)
    }
}
