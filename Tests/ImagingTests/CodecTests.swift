import Imaging
import Testing

@Suite("File formats")
struct CodecTests {
    @Test("PNG gives back every byte", arguments: [1, 3, 4], [(1, 1), (17, 5), (64, 64)])
    func png(channels: Int, size: (Int, Int)) throws {
        let picture = pattern(width: size.0, height: size.1, channels: channels)
        let back = try ImageDecoder.decode(PNG.encode(picture))
        let (shape, copy) = (back.shape, back.copy)
        #expect(shape == [size.0, size.1, channels])
        #expect(copy == picture.copy)
    }

    @Test("PNG holds pictures that cannot be compressed", arguments: [(1, 3_000), (300, 300), (3_000, 1)])
    func noise(_ size: (width: Int, height: Int)) throws {
        var random = SplitMix(state: 1)
        let noise = (0..<size.width * size.height * 3).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let picture = PixelBuffer(width: size.width, height: size.height, channels: 3, bytes: noise)
        #expect(try ImageDecoder.decode(PNG.encode(picture)).copy == noise)
    }

    @Test("lossy formats give back about the same", arguments: [ImageFormat.jpeg, .webp], [1, 3])
    func lossy(format: ImageFormat, channels: Int) throws {
        let picture = gradient(width: 40, height: 30, channels: channels)
        let back = try ImageDecoder.decode(picture.encoded(as: format, quality: 95)).compositedOnWhite()
        let difference = zip(back.copy, picture.compositedOnWhite().copy).map { abs(Int($0) - Int($1)) }
        #expect(difference.count == 40 * 30 * 3)
        #expect(difference.reduce(0, +) < 3 * difference.count)
    }

    @Test("WebP keeps opacity")
    func webpOpacity() throws {
        let picture = PixelBuffer(width: 2, height: 1, channels: 4, bytes: [200, 10, 10, 255, 200, 10, 10, 77])
        let back = try ImageDecoder.decode(WebP.encode(picture, quality: 100))
        let (channels, copy) = (back.channels, back.copy)
        #expect(channels == 4)
        #expect(copy[3] == 255 && copy[7] == 77)
    }

    @Test("JPEG shows opacity in front of white")
    func jpegOpacity() throws {
        let back = try ImageDecoder.decode(JPEG.encode(PixelBuffer(width: 8, height: 8, channels: 4)))
        let (shape, copy) = (back.shape, back.copy)
        #expect(shape == [8, 8, 3])
        #expect(copy.allSatisfy { $0 == 255 })
    }

    @Test("lower quality makes smaller files", arguments: [ImageFormat.jpeg, .webp])
    func quality(format: ImageFormat) throws {
        let picture = pattern(width: 64, height: 64, channels: 3)
        #expect(try picture.encoded(as: format, quality: 20).count < picture.encoded(as: format, quality: 95).count)
    }

    @Test("equal pictures give equal files", arguments: ImageFormat.allCases)
    func deterministic(format: ImageFormat) throws {
        let picture = pattern(width: 50, height: 31, channels: 3)
        #expect(try picture.encoded(as: format) == picture.encoded(as: format))
    }

    @Test("a PNG file holds nothing but the pixels and what their colours mean")
    func noMetadata() throws {
        let file = try PNG.encode(pattern(width: 50, height: 31, channels: 3))
        var names: [String] = []
        var offset = 8
        while offset + 8 <= file.count {
            names.append(String(decoding: file[offset + 4..<offset + 8], as: UTF8.self))
            offset += 12 + file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        #expect(Set(names).isSubset(of: ["IHDR", "sRGB", "IDAT", "IEND"]))
    }

    @Test("a JPEG or WebP file holds no metadata")
    func noMetadataElsewhere() throws {
        let picture = pattern(width: 50, height: 31, channels: 3)
        let jpeg = try JPEG.encode(picture)
        let markers = jpeg.indices.dropLast().filter { jpeg[$0] == 0xFF }.map { jpeg[$0 + 1] }
        #expect(markers.allSatisfy { !(0xE1...0xEF).contains($0) && $0 != 0xFE })
        let webp = try WebP.encode(picture)
        #expect(Array(webp[12..<16]) == Array("VP8 ".utf8))
    }

    @Test("palettes are resolved")
    func palette() throws {
        let picture = try ImageDecoder.decode(Files.palette)
        let (shape, copy) = (picture.shape, picture.copy)
        #expect(shape == [2, 2, 3])
        #expect(copy == [255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255])
    }

    @Test("16-bit channels are reduced to 8")
    func gray16() throws {
        let picture = try ImageDecoder.decode(Files.gray16)
        let (shape, copy) = (picture.shape, picture.copy)
        #expect(shape == [2, 2, 1])
        #expect(copy == [0, 255, 100, 200])
    }

    @Test("grey with opacity becomes colours with opacity")
    func grayWithOpacity() throws {
        let picture = try ImageDecoder.decode(Files.grayWithOpacity)
        let (shape, copy) = (picture.shape, picture.copy)
        #expect(shape == [2, 1, 4])
        #expect(copy == [10, 10, 10, 255, 200, 200, 200, 0])
        #expect(picture.compositedOnWhite().copy == [10, 10, 10, 255, 255, 255])
    }

    @Test("lossless WebP is read")
    func losslessWebP() throws {
        let picture = try ImageDecoder.decode(Files.losslessWebP)
        #expect(picture.copy == pattern(width: 3, height: 2, channels: 3).copy)
    }

    @Test("progressive JPEG is read")
    func progressive() throws {
        let shape = try ImageDecoder.decode(Files.progressiveJPEG).shape
        #expect(shape == [8, 8, 3])
    }

    @Test("what is not read is named")
    func unsupported() throws {
        var file = try JPEG.encode(pattern(width: 8, height: 8, channels: 3))
        let frame = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
        for (offset, byte) in [(1, 0xC3), (1, 0xC5), (4, 12)] as [(Int, UInt8)] {
            var other = file
            other[frame + offset] = byte
            #expect(throws: ImageError.unsupported(.jpeg, .rareCoding)) { _ = try ImageDecoder.decode(other) }
            #expect(throws: ImageError.unsupported(.jpeg, .rareCoding)) { _ = try ImageDecoder.info(of: other.span) }
        }
        file = try JPEG.encode(pattern(width: 8, height: 8, channels: 3))
        #expect(throws: Never.self) { _ = try ImageDecoder.decode(file) }
    }
}
