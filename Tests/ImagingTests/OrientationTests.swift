import Imaging
import Testing

/// The pixels 1 2 / 3 4 / 5 6 as each orientation shows them, and their rows.
private let shown: [(orientation: UInt8, width: Int, pixels: [UInt8])] = [
    (1, 2, [1, 2, 3, 4, 5, 6]),
    (2, 2, [2, 1, 4, 3, 6, 5]),
    (3, 2, [6, 5, 4, 3, 2, 1]),
    (4, 2, [5, 6, 3, 4, 1, 2]),
    (5, 3, [1, 3, 5, 2, 4, 6]),
    (6, 3, [5, 3, 1, 6, 4, 2]),
    (7, 3, [6, 4, 2, 5, 3, 1]),
    (8, 3, [2, 4, 6, 1, 3, 5]),
]

@Suite("The way up")
struct OrientationTests {
    @Test("is taken from a PNG file's eXIf chunk", arguments: shown, [true, false])
    func png(_ shown: (orientation: UInt8, width: Int, pixels: [UInt8]), littleEndian: Bool) throws {
        var file = try PNG.encode(PixelBuffer(width: 2, height: 3, channels: 1, bytes: 1...6))
        file.insert(
            contentsOf: chunk("eXIf", exif(orientation: shown.orientation, littleEndian: littleEndian)), at: 33)
        let picture = try ImageDecoder.decode(file)
        let (width, copy) = (picture.width, picture.copy)
        #expect(width == shown.width)
        #expect(copy == shown.pixels)
    }

    @Test("is taken from a JPEG file's EXIF block", arguments: [UInt8(1), 3, 6, 8])
    func jpeg(orientation: UInt8) throws {
        // The left half is black, the right half white.
        var picture = PixelBuffer(width: 32, height: 16, channels: 1)
        picture.withMutableBytes { bytes in
            for index in bytes.indices where index % 32 >= 16 { bytes[index] = 255 }
        }
        var file = try JPEG.encode(picture)
        let block = Array("Exif\0\0".utf8) + exif(orientation: orientation, littleEndian: false)
        file.insert(contentsOf: [0xFF, 0xE1, 0, UInt8(block.count + 2)] + block, at: 2)
        let turned = try ImageDecoder.decode(file)
        let (shape, corners) = (turned.shape, [turned.copy.first, turned.copy.last].map { ($0 ?? 0) > 127 })
        #expect(shape == (orientation >= 5 ? [16, 32, 1] : [32, 16, 1]))
        #expect(corners == (orientation == 1 || orientation == 6 ? [false, true] : [true, false]))
    }

    @Test("is taken from a WebP file's EXIF chunk", arguments: ["", "Exif\0\0"])
    func webp(prefix: String) throws {
        var file = Files.losslessWebP
        let block = Array(prefix.utf8) + exif(orientation: 6, littleEndian: true)
        let extended = Array("VP8X".utf8) + littleEndian(10, count: 4) + [8, 0, 0, 0, 2, 0, 0, 1, 0, 0]
        file.insert(contentsOf: extended, at: 12)
        file += Array("EXIF".utf8) + littleEndian(block.count, count: 4) + block
        file.replaceSubrange(4..<8, with: littleEndian(file.count - 8, count: 4))
        let shape = try ImageDecoder.decode(file).shape
        #expect(shape == [2, 3, 3])
    }

    @Test("is up when the block makes no sense")
    func nonsense() throws {
        let whole = exif(orientation: 6, littleEndian: true)
        let blocks =
            whole.indices.dropLast(6).map { Array(whole.prefix($0)) }
            + [exif(orientation: 0, littleEndian: true), exif(orientation: 9, littleEndian: false)]
            + [Array(repeating: 0xFF, count: 40), Array(whole.prefix(4)) + [0xFF, 0xFF, 0xFF, 0xFF]]
        for block in blocks {
            var file = try PNG.encode(PixelBuffer(width: 2, height: 3, channels: 1, bytes: 1...6))
            file.insert(contentsOf: chunk("eXIf", block), at: 33)
            #expect(try ImageDecoder.decode(file).copy == [1, 2, 3, 4, 5, 6])
        }
    }
}
