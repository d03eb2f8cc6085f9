import Imaging
import Testing

@Suite("For inpainting, a picture")
struct InpaintingTests {
    /// CRC-32 of `Image.fromarray(pattern).filter(ImageFilter.GaussianBlur(sigma)).tobytes()` in Pillow 13.
    @Test(
        "is blurred as Pillow does",
        arguments: [
            (13, 9, 3, 1, 0x1BEF_DCF1),
            (13, 9, 3, 4, 0x1BD0_5A17),
            (200, 150, 1, 4, 0x3C51_AE76),
            (200, 150, 1, 0.5, 0xC4B3_7DA4),
            (200, 150, 1, 64, 0x8338_4A91),
            (40, 30, 3, 256, 0xA3D3_A4C3),
            (1, 1, 1, 4, 0xD202_EF8D),
        ] as [(Int, Int, Int, Float, UInt32)])
    func blurred(_ sample: (width: Int, height: Int, channels: Int, sigma: Float, crc: UInt32)) {
        let blurred = pattern(width: sample.width, height: sample.height, channels: sample.channels)
            .blurred(sigma: sample.sigma).copy
        #expect(crc32(blurred) == sample.crc)
    }

    @Test("is not blurred by nothing")
    func sharp() {
        let copy = pattern(width: 5, height: 4, channels: 3).blurred(sigma: 0).copy
        #expect(copy == pattern(width: 5, height: 4, channels: 3).copy)
    }

    /// CRC-32 of `Image.fromarray(pattern).convert("L").tobytes()` in Pillow 13.
    @Test("becomes grey as Pillow makes it")
    func luma() {
        let grey = pattern(width: 200, height: 150, channels: 3).luma().copy
        #expect(crc32(grey) == 0xBB1F_606F)
    }

    @Test("is drawn into another where the mask is white, and leaves every byte where it is black")
    func drawing() {
        var picture = pattern(width: 6, height: 4, channels: 3)
        let before = picture.copy
        var mask = PixelBuffer(width: 6, height: 4, channels: 1)
        mask.withMutableBytes { bytes in
            bytes[1 * 6 + 2] = 255
            bytes[1 * 6 + 3] = 51
            bytes[0] = 255
        }
        let white = PixelBuffer(width: 3, height: 2, channels: 3, bytes: [UInt8](repeating: 255, count: 18))
        picture.draw(white, in: PixelRectangle(x: 1, y: 1, width: 3, height: 2), through: mask)
        let after = picture.copy
        for place in 0..<72 {
            switch place / 3 {
            case 8: #expect(after[place] == 255)
            case 9:
                let blended = (Int(before[place]) * 204 + 255 * 51) / 255
                #expect(abs(Int(after[place]) - blended) <= 1)
            default: #expect(after[place] == before[place])
            }
        }
    }

    @Test("is cropped")
    func cropped() {
        let part = pattern(width: 9, height: 7, channels: 3)
            .cropped(to: PixelRectangle(x: 2, y: 3, width: 4, height: 2)).copy
        let whole = pattern(width: 9, height: 7, channels: 3).copy
        #expect(Array(part.prefix(12)) == Array(whole[87..<99]))
        #expect(Array(part.suffix(12)) == Array(whole[114..<126]))
    }

    @Test("is filled from its surroundings, which stay as they are")
    func filled() {
        var picture = PixelBuffer(width: 32, height: 32, channels: 3, bytes: [UInt8](repeating: 0, count: 32 * 32 * 3))
        var mask = PixelBuffer(width: 32, height: 32, channels: 1)
        for y in 0..<32 {
            for x in 0..<32 {
                let isMasked = (8..<24).contains(x) && (8..<24).contains(y)
                mask.withMutableBytes { $0[y * 32 + x] = isMasked ? 255 : 0 }
                picture.withMutableBytes { bytes in
                    bytes[(y * 32 + x) * 3] = isMasked ? 0 : 200
                    bytes[(y * 32 + x) * 3 + 1] = isMasked ? 255 : UInt8(100 + x)
                }
            }
        }
        let before = picture.copy
        let after = picture.filled(under: mask).copy
        let pixels = 0..<32 * 32
        let isMasked = { (pixel: Int) in (8..<24).contains(pixel % 32) && (8..<24).contains(pixel / 32) }
        // The surroundings' colour, nothing of what was there.
        #expect(pixels.filter(isMasked).allSatisfy { (190...210).contains(after[$0 * 3]) })
        #expect(pixels.filter(isMasked).allSatisfy { (95...140).contains(after[$0 * 3 + 1]) })
        let kept = before.indices.filter { !isMasked($0 / 3) }
        #expect(kept.allSatisfy { after[$0] == before[$0] })
    }

    @Test("is copied into memory of its own")
    func copied() {
        var picture = pattern(width: 3, height: 3, channels: 3)
        let copy = picture.copied()
        picture.withMutableBytes { $0[0] = 99 }
        let (first, expected) = (copy.copy, pattern(width: 3, height: 3, channels: 3).copy)
        #expect(first == expected)
    }
}
