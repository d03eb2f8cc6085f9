import Imaging
import Synchronization
import Testing

@Suite("Images that nobody wants any more")
struct DecodingCheckTests {
    /// How often it was asked whether the image is wanted, which it is for so many times.
    private final class Interest: Sendable {
        private let asked = Atomic(0)
        let limit: Int

        init(for limit: Int) { self.limit = limit }

        var count: Int { asked.load(ordering: .relaxed) }

        var check: DecodingCheck {
            DecodingCheck { self.asked.add(1, ordering: .relaxed).newValue > self.limit }
        }
    }

    /// A picture that no format makes small.
    private func noise() -> PixelBuffer {
        var picture = PixelBuffer(width: 640, height: 480, channels: 3)
        var state: UInt32 = 1
        picture.withUnsafeMutableBytes { bytes in
            for index in bytes.indices {
                state = state &* 1_664_525 &+ 1_013_904_223
                bytes[index] = UInt8(truncatingIfNeeded: state >> 24)
            }
        }
        return picture
    }

    @Test("decoding asks between rows, and ends when it is told to", arguments: [ImageFormat.png, .jpeg, .webp])
    func cancelled(format: ImageFormat) throws {
        let file = try noise().encoded(as: format, quality: 90, metadata: nil)
        let wanted = Interest(for: .max)
        let size = try ImageDecoder.decode(file.span, check: wanted.check).width
        #expect(size == 640)
        #expect(wanted.count >= 4)
        for limit in [0, 1, wanted.count / 2, wanted.count - 1] {
            let unwanted = Interest(for: limit)
            #expect(throws: ImageError.cancelled) {
                _ = try ImageDecoder.decode(file.span, check: unwanted.check)
            }
            #expect(unwanted.count == limit + 1, "it is not asked again")
        }
    }
}
