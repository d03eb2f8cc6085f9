import Diffusion
import Imaging
import Studio
import Testing

/// The fake engine draws every picture in the shade of its seed.
@Suite("Inpainting", .timeLimit(.minutes(1)))
struct InpaintingTests {
    /// A picture whose pixels are all different in red and green.
    private func photo(width: Int, height: Int) -> PixelBuffer {
        PixelBuffer(
            width: width, height: height, channels: 3,
            bytes: (0..<width * height).flatMap { [UInt8($0 % width), UInt8($0 / width), 7] })
    }

    /// A mask that is white in a part and black in another; what else is white is transparent.
    private func mask(width: Int, height: Int, x: Range<Int>, y: Range<Int>) -> PixelBuffer {
        PixelBuffer(
            width: width, height: height, channels: 4,
            bytes: (0..<width * height).flatMap { pixel -> [UInt8] in
                if x.contains(pixel % width) && y.contains(pixel / width) { return [255, 255, 255, 255] }
                return pixel % 2 == 0 ? [0, 0, 0, 255] : [255, 255, 255, 0]
            })
    }

    private func request(
        picture: consuming PixelBuffer?, mask: consuming PixelBuffer?, blur: Int = 0,
        area: InpaintArea = .wholePicture
    ) -> GenerationRequest {
        var request = GenerationRequest.sample(seed: 200)
        request.settings.maskBlur = blur
        request.settings.inpaintArea = area
        request.initialPicture = picture
        request.mask = mask
        return request
    }

    private func pixels(_ request: consuming GenerationRequest, by engine: FakeEngine) async throws -> PixelBuffer {
        let picture = try #require(try await Studio(engine: engine).generate(request).first)
        guard let pixels = picture.take() else { throw CancellationError() }
        return pixels
    }

    @Test("draws what is under the mask and keeps every other byte")
    func whole() async throws {
        let engine = FakeEngine()
        let result = try await pixels(
            request(
                picture: photo(width: 64, height: 64), mask: mask(width: 64, height: 64, x: 8..<24, y: 40..<64)),
            by: engine)
        let bytes = result.withUnsafeBytes { Array($0) }
        let original = photo(width: 64, height: 64)
        let kept = original.withUnsafeBytes { Array($0) }
        let expected = kept.indices.map { index in
            let isDrawn = (8..<24).contains(index / 3 % 64) && (40..<64).contains(index / 3 / 64)
            return isDrawn ? 200 : kept[index]
        }
        #expect(bytes == expected)
        let drawing = try #require(engine.drawings.first)
        #expect(drawing.picture == kept)
        #expect(drawing.mask.count == 64 * 64 && drawing.mask.count { $0 == 255 } == 16 * 24)
    }

    @Test("blurs the mask's edge where the original goes over into the drawing, and draws all that is under it")
    func blur() async throws {
        let engine = FakeEngine()
        let result = try await pixels(
            request(
                picture: photo(width: 64, height: 64), mask: mask(width: 64, height: 64, x: 0..<32, y: 0..<64), blur: 4),
            by: engine)
        let blue = result.withUnsafeBytes { bytes in (0..<64).map { bytes[(32 * 64 + $0) * 3 + 2] } }
        #expect(blue.first == 200 && blue.last == 7)
        #expect((95...112).contains(blue[31]) && blue[33] > 7 && blue[33] < 95)
        #expect(zip(blue, blue.dropFirst()).allSatisfy { $0 >= $1 })
        let mask = try #require(engine.drawings.first?.mask)
        // In whole latents, of eight pixels a side.
        #expect(Set(mask) == [0, 255])
        #expect((0..<64).map { mask[32 * 64 + $0] == 255 } == (0..<64).map { $0 < 48 })
    }

    @Test("takes a blurred mask as the original web UI does where that is asked for")
    func halved() async throws {
        let engine = FakeEngine()
        var request = request(
            picture: photo(width: 64, height: 64), mask: mask(width: 64, height: 64, x: 0..<32, y: 0..<64), blur: 4)
        request.settings.maskBlending = .halved
        let result = try await pixels(request, by: engine)
        let blue = result.withUnsafeBytes { bytes in (0..<64).map { bytes[(32 * 64 + $0) * 3 + 2] } }
        // At the edge, where the mask is half white, all of it is drawn.
        #expect(blue[30] == 200 && blue[36] > 7 && blue.last == 7)
        #expect(Set(try #require(engine.drawings.first?.mask)).count > 10)
    }

    @Test("blends by as much as a mask is white")
    func ramp() async throws {
        let engine = FakeEngine()
        let black = PixelBuffer(width: 64, height: 64, channels: 3)
        let ramp = PixelBuffer(width: 64, height: 64, channels: 1, bytes: (0..<64 * 64).map { UInt8($0 % 64 * 4) })
        let result = try await pixels(request(picture: black, mask: ramp), by: engine)
        let reds = result.withUnsafeBytes { bytes in (0..<64).map { Int(bytes[$0 * 3]) } }
        #expect(reds == (0..<64).map { (200 * $0 * 4 + 127) / 255 })
        let mask = try #require(engine.drawings.first?.mask)
        #expect(mask.allSatisfy { $0 == 255 })
    }

    @Test("scales a mask of another size")
    func scaled() async throws {
        let engine = FakeEngine()
        _ = try await pixels(
            request(picture: photo(width: 100, height: 50), mask: mask(width: 8, height: 8, x: 0..<4, y: 0..<8)),
            by: engine)
        let mask = try #require(engine.drawings.first?.mask)
        #expect(mask.count == 64 * 64)
        #expect(mask[32 * 64] == 255 && mask[32 * 64 + 63] == 0)
    }

    @Test("fills what is under the mask from its surroundings when asked to")
    func fill() async throws {
        let engine = FakeEngine()
        var request = request(
            picture: PixelBuffer(
                width: 64, height: 64, channels: 3,
                bytes: (0..<64 * 64).flatMap { $0 % 64 < 32 ? [UInt8](repeating: 250, count: 3) : [20, 20, 20] }),
            mask: mask(width: 64, height: 64, x: 0..<32, y: 0..<64))
        request.settings.maskFill = .fill
        _ = try await pixels(request, by: engine)
        let picture = try #require(engine.drawings.first?.picture)
        #expect(picture.allSatisfy { $0 < 50 })
    }

    @Test("draws only the masked part at full size, and puts it back into a picture that keeps its size")
    func onlyMasked() async throws {
        let engine = FakeEngine()
        var request = request(
            picture: photo(width: 200, height: 120), mask: mask(width: 200, height: 120, x: 100..<110, y: 50..<60),
            area: .onlyMasked(padding: 3))
        request.settings.keepsImageSize = true
        request.settings.maskBlending = .halved
        let result = try await pixels(request, by: engine)
        let shape = [result.width, result.height]
        #expect(shape == [200, 120])
        let kept = photo(width: 200, height: 120)
        let (bytes, original) = (result.withUnsafeBytes { Array($0) }, kept.withUnsafeBytes { Array($0) })
        let expected = original.indices.map { index in
            let isDrawn = (100..<110).contains(index / 3 % 200) && (50..<60).contains(index / 3 / 200)
            return isDrawn ? 200 : original[index]
        }
        #expect(bytes == expected)
        let drawing = try #require(engine.drawings.first)
        #expect(drawing.mask.count == 64 * 64)
        // Sixteen pixels became sixty-four: the masked ten are about forty.
        let white = drawing.mask.count { $0 > 127 }
        #expect((38 * 38...42 * 42).contains(white))
        // What was drawn from is the part around the mask.
        let reds = stride(from: 0, to: drawing.picture.count, by: 3).map { drawing.picture[$0] }
        #expect(reds.allSatisfy { (95...115).contains($0) })
    }

    @Test("says what is wrong with a mask")
    func wrong() async throws {
        let studio = Studio(engine: FakeEngine())
        func error(_ request: consuming GenerationRequest) async -> RequestError? {
            do throws(StudioError) {
                _ = try await studio.generate(request)
                return nil
            } catch {
                if case .invalid(let error) = error { return error }
                return nil
            }
        }
        let white = { mask(width: 64, height: 64, x: 0..<64, y: 0..<64) }
        let photo = { self.photo(width: 64, height: 64) }
        #expect(await error(request(picture: nil, mask: white()))?.parameter == .initialPicture)
        let black = mask(width: 64, height: 64, x: 0..<0, y: 0..<0)
        #expect(await error(request(picture: photo(), mask: black))?.code == .unsuitable)
        #expect(await error(request(picture: photo(), mask: white(), blur: 65))?.parameter == .maskBlur)
        #expect(await error(request(picture: photo(), mask: white(), blur: -1))?.parameter == .maskBlur)
        let area = InpaintArea.onlyMasked(padding: 1_000)
        #expect(await error(request(picture: photo(), mask: white(), area: area))?.parameter == .padding)
    }
}
