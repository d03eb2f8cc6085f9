import Imaging
import NeuralNetwork
import Testing
import Upscaling

/// Opacity and shades of grey stay what they are.
@Suite("Kinds of pictures")
struct PictureKindTests {
    @Test(
        "colours that nobody sees have no part in those that are seen",
        arguments: ["compact-x4", Samples.bundled, "lanczos"])
    func hiddenColours(_ name: String) throws {
        let upscaler = try name == "lanczos" ? Upscaler.lanczos : Samples.upscaler(name)
        let picture = Samples.drawing(width: 40, height: 36, channels: 4)
        var other = picture
        for pixel in 0..<40 * 36 where picture.bytes[pixel * 4 + 3] == 0 {
            for channel in 0..<3 {
                other.bytes[pixel * 4 + channel] = UInt8(truncatingIfNeeded: 17 * pixel + 91 * channel)
            }
        }
        #expect(other != picture)
        #expect(try upscaler.pixels(other, scale: 4) == upscaler.pixels(picture, scale: 4))
    }

    @Test("a white shape on nothing stays white to its edge, however dark the nothing is stored")
    func fringe() throws {
        var picture = Pixels(width: 32, height: 32, channels: 4)
        for pixel in 0..<32 * 32 {
            let (x, y) = (pixel % 32 - 16, pixel / 32 - 16)
            guard x * x + y * y < 100 else { continue }
            for channel in 0..<4 { picture.bytes[pixel * 4 + channel] = 255 }
        }
        for upscaler in [try Samples.upscaler(), .lanczos] {
            let result = try upscaler.pixels(picture, scale: 4)
            let bytes = result.bytes
            let seen = stride(from: 0, to: bytes.count, by: 4).filter { bytes[$0 + 3] > 0 }
            #expect(!seen.isEmpty)
            #expect(seen.allSatisfy { bytes[$0] >= 250 && bytes[$0 + 1] >= 250 && bytes[$0 + 2] >= 250 })
        }
    }

    @Test("opacity is enlarged by itself, and an opaque picture is enlarged as one without opacity")
    func opacity() throws {
        let upscaler = try Samples.upscaler("compact-x4")
        let picture = Samples.drawing(width: 40, height: 36, channels: 4)
        let mask = Pixels(width: 40, height: 36, channels: 1, bytes: picture.channel(3))
        let result = try upscaler.pixels(picture, scale: 4)
        #expect(result.shape == [160, 144, 4])
        #expect(result.channel(3) == Pixels(mask.picture.resized(width: 160, height: 144)).bytes)

        let colours = Samples.drawing(width: 40, height: 36)
        var opaque = Pixels(width: 40, height: 36, channels: 4)
        for pixel in 0..<40 * 36 {
            for channel in 0..<3 { opaque.bytes[pixel * 4 + channel] = colours.bytes[pixel * 3 + channel] }
            opaque.bytes[pixel * 4 + 3] = 255
        }
        let large = try upscaler.pixels(opaque, scale: 4)
        let expected = try upscaler.pixels(colours, scale: 4)
        #expect((0..<3).allSatisfy { large.channel($0) == expected.channel($0) })
        #expect(large.channel(3).allSatisfy { $0 == 255 })
    }

    @Test("a picture of which nothing is seen is enlarged to one of which nothing is seen")
    func invisible() throws {
        let result = try Samples.upscaler("compact-x4").pixels(Pixels(width: 9, height: 5, channels: 4), scale: 4)
        #expect(result.channel(3).allSatisfy { $0 == 0 })
    }

    @Test("grey stays grey, in one channel, in three and in four", arguments: [1, 3, 4])
    func grey(channels: Int) throws {
        let shades = Samples.drawing(width: 30, height: 28).channel(2)
        var picture = Pixels(width: 30, height: 28, channels: channels)
        for pixel in shades.indices {
            for channel in 0..<channels {
                picture.bytes[pixel * channels + channel] = channel == 3 ? 255 : shades[pixel]
            }
        }
        let result = try Samples.upscaler("compact-x4").pixels(picture, scale: 4)
        #expect(result.shape == [120, 112, channels])
        #expect(Set(result.channel(0)).count > 20)
        if channels > 1 {
            #expect(result.channel(1) == result.channel(0) && result.channel(2) == result.channel(0))
        }
    }
}
