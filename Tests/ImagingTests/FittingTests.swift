import Imaging
import Testing

@Suite("Bringing a picture to another shape")
struct FittingTests {
    /// Four columns of 50, 100, 150, 200, two rows high.
    private func columns() -> PixelBuffer {
        PixelBuffer(width: 4, height: 2, channels: 1, bytes: [50, 100, 150, 200, 50, 100, 150, 200])
    }

    private func bytes(_ picture: borrowing PixelBuffer) -> [UInt8] {
        picture.withBytes { span in span.indices.map { span[$0] } }
    }

    @Test("cropping keeps the middle")
    func crop() {
        #expect(bytes(columns().resized(width: 2, height: 2, mode: .crop)) == [100, 150, 100, 150])
    }

    @Test("cropping gives the middle of the scaled picture, byte for byte")
    func window() {
        for (width, height) in [(31, 8), (5, 40), (64, 64)] {
            let whole = pattern(width: 23, height: 17, channels: 3)
            let isWider = width * 17 > 23 * height
            let (scaledWidth, scaledHeight) = isWider ? (width, 17 * width / 23) : (23 * height / 17, height)
            let scaled = whole.resized(width: scaledWidth, height: scaledHeight)
            let part = PixelRectangle(
                x: scaledWidth / 2 - width / 2, y: scaledHeight / 2 - height / 2, width: width, height: height)
            let cropped = pattern(width: 23, height: 17, channels: 3).resized(width: width, height: height, mode: .crop)
            let (found, expected) = (bytes(cropped), bytes(scaled.cropped(to: part)))
            #expect(found == expected)
        }
    }

    @Test("long and narrow pictures take no more memory than their pixels are worth", arguments: ResizeMode.allCases)
    func narrow(mode: ResizeMode) {
        for (width, height) in [(400_000, 1), (1, 400_000), (2, 200_000)] {
            let picture = PixelBuffer(
                width: width, height: height, channels: 1, bytes: [UInt8](repeating: 7, count: width * height)
            ).resized(width: 2_048, height: 64, mode: mode)
            let isEven = picture.withBytes { span in span.indices.allSatisfy { span[$0] == 7 } }
            #expect(isEven)
        }
    }

    @Test("filling draws the edges out")
    func fill() {
        let picture = PixelBuffer(width: 2, height: 1, channels: 1, bytes: [10, 200])
        #expect(bytes(picture.resized(width: 2, height: 3, mode: .fill)) == [10, 200, 10, 200, 10, 200])
        let tall = PixelBuffer(width: 1, height: 2, channels: 1, bytes: [10, 200])
        #expect(bytes(tall.resized(width: 3, height: 2, mode: .fill)) == [10, 10, 10, 200, 200, 200])
    }

    @Test("every mode gives the size that was asked for", arguments: ResizeMode.allCases)
    func sizes(mode: ResizeMode) {
        for (width, height) in [(1, 1), (7, 3), (3, 7), (64, 1), (1, 64), (9, 9)] {
            let picture = columns().resized(width: width, height: height, mode: mode)
            let size = (picture.width, picture.height)
            #expect(size == (width, height))
        }
    }
}
