import Imaging
import Privacy
import Synchronization
import Testing

@Suite("Pixels")
struct PixelBufferTests {
    @Test("are overwritten before their memory is freed")
    func erased() {
        let seen = Mutex<[UInt8]?>(nil)
        do {
            let bytes = SecretBytes([UInt8](repeating: 9, count: 12)) { memory in
                let copy = Array(memory)
                seen.withLock { $0 = copy }
            }
            let picture = PixelBuffer(width: 2, height: 2, channels: 3, bytes: bytes)
            #expect(picture.copy.contains(9))
        }
        #expect(seen.withLock { $0 } == [UInt8](repeating: 0, count: 12))
    }

    /// CRC-32 of `Image.fromarray(pattern).resize((w, h), Image.LANCZOS).tobytes()` in Pillow 13.
    @Test(
        "are resized as Pillow does",
        arguments: [
            (13, 9, 3, 7, 5, 0x707A_1DB1),
            (13, 9, 3, 20, 14, 0x14ED_A807),
            (13, 9, 3, 13, 4, 0xB6FB_555C),
            (13, 9, 3, 40, 9, 0xA5FA_7C3C),
            (13, 9, 3, 1, 1, 0x3F5A_8994),
            (13, 9, 3, 64, 64, 0x8F42_37F4),
            (200, 150, 1, 64, 48, 0x1535_154E),
            (200, 150, 1, 333, 150, 0x154D_B6B3),
        ] as [(Int, Int, Int, Int, Int, UInt32)])
    func resized(
        _ sample: (width: Int, height: Int, channels: Int, newWidth: Int, newHeight: Int, crc: UInt32)
    ) {
        let picture = pattern(width: sample.width, height: sample.height, channels: sample.channels)
            .resized(width: sample.newWidth, height: sample.newHeight)
        let shape = picture.shape
        #expect(shape == [sample.newWidth, sample.newHeight, sample.channels])
        #expect(crc32(picture.copy) == sample.crc)
    }

    @Test("stay as they are when the size stays")
    func sameSize() {
        let copy = pattern(width: 5, height: 4, channels: 3).resized(width: 5, height: 4).copy
        #expect(copy == pattern(width: 5, height: 4, channels: 3).copy)
    }

    @Test("with opacity are put in front of white when resized")
    func resizedOpacity() {
        let picture = PixelBuffer(width: 4, height: 4, channels: 4).resized(width: 2, height: 2)
        let (channels, copy) = (picture.channels, picture.copy)
        #expect(channels == 3)
        #expect(copy.allSatisfy { $0 == 255 })
    }
}
