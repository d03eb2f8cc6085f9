import Imaging
import Testing

@Suite("Cropping to proportions")
struct ProportionsTests {
    private func pixels(_ picture: borrowing PixelBuffer) -> [UInt8] {
        picture.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    /// A grey picture whose pixels count from zero.
    private func picture(_ width: Int, _ height: Int) -> PixelBuffer {
        PixelBuffer(width: width, height: height, channels: 1, bytes: (0..<width * height).map { UInt8($0) })
    }

    @Test("keeps as much around the centre as it can")
    func centre() {
        #expect(pixels(picture(4, 2).cropped(toProportions: 1, 1)) == [1, 2, 5, 6])
        #expect(pixels(picture(2, 4).cropped(toProportions: 64, 64)) == [2, 3, 4, 5])
        #expect(pixels(picture(3, 2).cropped(toProportions: 300, 200)) == [0, 1, 2, 3, 4, 5])
        #expect(pixels(picture(3, 1).cropped(toProportions: 1, 1_000)) == [1])
    }

    @Test(
        "takes any numbers for proportions",
        arguments: [
            (0, 0), (64, 0), (0, 64), (-1, 1), (.min, .max), (.max, .max), (.max, 1), (1, .max), (1 << 62, 1 << 62),
            (.max, .max - 1), (1 << 32, 1),
        ])
    func extremes(width: Int, height: Int) {
        let part = picture(4, 2).cropped(toProportions: width, height)
        let size = [part.width, part.height]
        #expect((1...4).contains(size[0]) && (1...2).contains(size[1]))
        if width <= 0 || height <= 0 { #expect(size == [4, 2]) }
        if width > 0, width == height { #expect(size == [2, 2]) }
    }

    @Test("keeps a pixel's channels together")
    func channels() {
        let colors = PixelBuffer(width: 3, height: 1, channels: 3, bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(pixels(colors.cropped(toProportions: 1, 1)) == [4, 5, 6])
    }
}
