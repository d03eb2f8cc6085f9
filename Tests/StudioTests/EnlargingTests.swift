import Imaging
import Privacy
import Studio
import Testing
import Upscaling

@Suite("Enlarging", .timeLimit(.minutes(1)))
struct EnlargingTests {
    private func request(
        _ enlargement: Enlargement, width: Int = 20, height: Int = 10, channels: Int = 3
    ) throws -> GenerationRequest {
        let bytes = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let picture = PixelBuffer(width: width, height: height, channels: channels, bytes: bytes)
        return GenerationRequest(
            enlarging: try ImageFile(SecretBytes(try picture.encoded(as: .png)), name: "image"), enlargement,
            model: FakeEngine().card)
    }

    private func refusal(_ enlargement: Enlargement, width: Int = 20, height: Int = 10) async throws -> RequestError? {
        let request = try request(enlargement, width: width, height: height)
        do throws(StudioError) {
            _ = try await Studio(engine: FakeEngine()).generate(request)
        } catch {
            if case .invalid(let error) = error { return error }
        }
        return nil
    }

    @Test(
        "makes a picture so many times as large, or so large that it covers a size",
        arguments: [
            (Enlargement.Target.scale(2), 40, 20), (.scale(2.5), 50, 25), (.scale(0.05), 1, 1), (.scale(1), 20, 10),
            (.covering(ImageSize(width: 50, height: 50), crops: false), 100, 50),
            (.covering(ImageSize(width: 50, height: 50), crops: true), 50, 50),
            (.covering(ImageSize(width: 50, height: 7), crops: true), 50, 7),
            (.covering(ImageSize(width: 10, height: 5), crops: false), 10, 5),
        ])
    func sizes(target: Enlargement.Target, width: Int, height: Int) async throws {
        for (name, channels) in [("nearest", 3), ("lanczos", 4)] {
            let request = try request(Enlargement(upscaler: name, target: target), channels: channels)
            let picture = try #require(try await Studio(engine: FakeEngine()).generate(request).first)
            guard let pixels = picture.take() else { throw CancellationError() }
            #expect(ImageSize(pixels) == ImageSize(width: width, height: height))
            #expect(pixels.channels == channels, "opacity is kept")
            #expect(picture.isEnlargement && picture.source == .algorithmicallyEnhanced)
        }
    }

    @Test("asks the model for nothing, and leaves the picture's pixels where it becomes no larger")
    func identity() async throws {
        let engine = FakeEngine()
        let request = try request(Enlargement(upscaler: "nearest", target: .scale(1)))
        let picture = try #require(try await Studio(engine: engine).generate(request).first)
        guard let pixels = picture.take() else { throw CancellationError() }
        let isSame = pixels.withUnsafeBytes { bytes in
            bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0 * 7) }
        }
        #expect(isSame)
        #expect(engine.calls.isEmpty)
    }

    @Test("is refused for what is not there or would become too large, before anything is read")
    func refusals() async throws {
        let double = Enlargement.Target.scale(2)
        #expect(try await refusal(Enlargement(upscaler: "canary", target: double))?.code == .unknownUpscaler)
        let second = Enlargement(upscaler: "nearest", target: double, second: .init(upscaler: "canary", visibility: 1))
        #expect(try await refusal(second)?.parameter == .upscaler)
        #expect(
            try await refusal(Enlargement(upscaler: "nearest", target: double), width: 4_097)?.code == .tooManyPixels)
        for size in [
            ImageSize(width: .max, height: 1), ImageSize(width: 0, height: 5), ImageSize(width: 9_000, height: 9_000),
        ] {
            let target = Enlargement.Target.covering(size, crops: true)
            #expect(try await refusal(Enlargement(upscaler: "lanczos", target: target))?.parameter == .scale)
        }
        for scale in [Double.infinity, .nan, 1e300, -1e300] {
            let error = try await refusal(Enlargement(upscaler: "lanczos", target: .scale(scale)))
            #expect(error?.parameter == .scale || scale < 0)
        }
    }

    @Test("lays a second upscaler's result over the first's, as much as is asked for")
    func blending() async throws {
        func bytes(_ enlargement: Enlargement) async throws -> [UInt8] {
            let picture = try #require(try await Studio(engine: FakeEngine()).generate(request(enlargement)).first)
            guard let pixels = picture.take() else { throw CancellationError() }
            return pixels.withUnsafeBytes { Array($0) }
        }
        let (one, other) = ("lanczos", "nearest")
        let first = try await bytes(Enlargement(upscaler: one, target: .scale(2)))
        let second = try await bytes(Enlargement(upscaler: other, target: .scale(2)))
        for visibility in [0, 0.25, 0.5, 1] {
            let both = try await bytes(
                Enlargement(upscaler: one, target: .scale(2), second: .init(upscaler: other, visibility: visibility)))
            let worst = both.indices.map { index in
                abs(Double(both[index]) - Double(first[index]) * (1 - visibility) - Double(second[index]) * visibility)
            }.max()
            #expect((worst ?? 9) <= 0.51)
        }
    }

    @Test("takes turns with drawing")
    func company() async throws {
        let studio = Studio(engine: FakeEngine())
        async let large = studio.generate(try request(Enlargement(upscaler: "lanczos", target: .scale(3))))
        async let drawn = studio.generate(GenerationRequest.sample(seed: 5))
        #expect(try await large.map(\.width) == [60])
        #expect(try await drawn.map(\.width) == [64])
    }
}
