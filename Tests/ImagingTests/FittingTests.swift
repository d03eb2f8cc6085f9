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
