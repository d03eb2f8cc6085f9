import Imaging
import Privacy
import Studio
import Testing

@Suite("Images that come as files", .timeLimit(.minutes(1)))
struct UploadTests {
    private func file(_ picture: consuming PixelBuffer, _ name: String = "image") throws -> ImageFile {
        try ImageFile(SecretBytes(try picture.encoded(as: .png)), name: name)
    }

    private func request(_ upload: consuming ImageUpload) -> GenerationRequest {
        var request = GenerationRequest.sample(seed: 200)
        request.upload = consume upload
        return request
    }

    private func refusal(of request: consuming GenerationRequest, by studio: Studio) async -> RequestError? {
        do throws(StudioError) {
            _ = try await studio.generate(request)
            return nil
        } catch {
            if case .invalid(let error) = error { return error }
            return nil
        }
    }

    @Test("are decoded and scaled to what the engine draws")
    func decoded() async throws {
        let engine = FakeEngine()
        let image = PixelBuffer(
            width: 200, height: 100, channels: 3, bytes: [UInt8](repeating: 9, count: 200 * 100 * 3))
        _ = try await Studio(engine: engine).generate(request(ImageUpload(image: file(image))))
        #expect(engine.initialPictures == [64 * 64 * 3])
    }

    @Test("are not looked at before the settings are allowed")
    func order() async throws {
        let studio = Studio(engine: FakeEngine())
        var damaged = try PixelBuffer(width: 64, height: 64, channels: 3).encoded(as: .png)
        damaged.removeLast(30)
        for (width, height) in [(0, 0), (64, 0), (.max, .max), (1 << 62, 64), (63, 64)] {
            var request = request(
                ImageUpload(image: try ImageFile(SecretBytes(damaged), name: "x"), fitting: .crop))
            request.settings.width = width
            request.settings.height = height
            let parameter = await refusal(of: request, by: studio)?.parameter
            #expect(parameter == .width || parameter == .height)
        }
        let error = await refusal(
            of: request(ImageUpload(image: try ImageFile(SecretBytes(damaged), name: "images[0]"))), by: studio)
        #expect(error?.parameter == .initialPicture && error?.code == .unreadable && error?.name == "images[0]")
        #expect(studio.load == (0, 0))
    }

    @Test("are drawn where they are transparent, and lie over what is drawn, where that is asked for")
    func hole() async throws {
        let engine = FakeEngine()
        // Transparent on the left, mostly so in the middle; the colour there does not count.
        var colors: [UInt8] = []
        for pixel in 0..<64 * 64 {
            let column = pixel % 64
            let opacity: UInt8 = column < 20 ? 0 : column < 40 ? 51 : 255
            colors += [100, UInt8(column), 50, opacity]
        }
        let image = PixelBuffer(width: 64, height: 64, channels: 4, bytes: colors)
        var request = request(ImageUpload(image: try file(image), transparencyStrength: 1))
        request.settings.strength = 0.5
        let picture = try #require(try await Studio(engine: engine).generate(request).first)
        guard let pixels = picture.take() else { throw CancellationError() }
        let row: [[Int]] = pixels.withUnsafeBytes { bytes in
            (0..<64).map { column in (0..<3).map { Int(bytes[column * 3 + $0]) } }
        }
        #expect(row[0] == [200, 200, 200])
        // A fifth of the picture's colour on what is drawn.
        let expected = [180, 166, 170]
        for channel in 0..<3 { #expect(abs(row[30][channel] - expected[channel]) <= 1) }
        for column in 40..<64 { #expect(row[column] == [100, column, 50]) }
        #expect(engine.strengths == [1])
        // An image that is opaque everywhere is drawn anew as a whole, as much as is asked for.
        let opaque = PixelBuffer(
            width: 64, height: 64, channels: 4, bytes: [UInt8](repeating: 255, count: 64 * 64 * 4))
        var other = self.request(ImageUpload(image: try file(opaque), transparencyStrength: 1))
        other.settings.strength = 0.5
        _ = try await Studio(engine: engine).generate(other)
        #expect(engine.strengths == [1, 0.5] && engine.drawings.count == 1)
    }

    @Test("masks say what is wrong with them, under their name")
    func masks() async throws {
        let studio = Studio(engine: FakeEngine())
        func image() throws -> ImageFile { try file(PixelBuffer(width: 8, height: 8, channels: 3)) }
        let grey = try file(PixelBuffer(width: 8, height: 8, channels: 1), "m")
        let error = await refusal(
            of: request(ImageUpload(image: try image(), mask: grey, maskReading: .transparency)), by: studio)
        #expect(error?.parameter == .mask && error?.name == "m")
        let opaque = try file(
            PixelBuffer(width: 8, height: 8, channels: 4, bytes: [UInt8](repeating: 255, count: 256)), "m")
        let other = await refusal(
            of: request(ImageUpload(image: try image(), mask: opaque, maskReading: .transparency)), by: studio)
        #expect(other?.message.contains("opaque everywhere") == true)
    }

    @Test("hold a place in the queue while they are read")
    func place() async throws {
        let gate = Gate()
        let studio = Studio(
            engine: FakeEngine(gate: gate), configuration: StudioConfiguration(maximumBatch: 1, maximumQueue: 1))
        async let first = studio.generate(.sample(seed: 1))
        await gate.waitForArrival()
        async let second = studio.generate(
            request(ImageUpload(image: file(PixelBuffer(width: 64, height: 64, channels: 3)))))
        #expect(try await eventually { studio.load == (1, 1) })
        await #expect(throws: StudioError.self) { _ = try await studio.generate(.sample(seed: 3)) }
        gate.letAllThrough()
        #expect(try await first.count == 1)
        #expect(try await second.count == 1)
        await studio.shutdown()
        #expect(studio.load == (0, 0))
    }
}
