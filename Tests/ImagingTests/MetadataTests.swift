import Foundation
import Imaging
import Privacy
import Testing

@Suite("What a file says beside its pixels")
struct MetadataTests {
    @Test(
        "every format names the picture's source, once, and nothing else", arguments: ImageFormat.allCases, [1, 3, 4])
    func source(format: ImageFormat, channels: Int) throws {
        for source in DigitalSource.allCases {
            let picture = pattern(width: 31, height: 17, channels: channels)
            let file = try picture.encoded(as: format, metadata: PictureMetadata(source: source))
            let address = "http://cv.iptc.org/newscodes/digitalsourcetype/\(source.rawValue)<"
            #expect(Data(file).ranges(of: Data(address.utf8)).count == 1)
            #expect(Data(file).ranges(of: Data("parameters".utf8)).isEmpty)
            #expect(Data(file).ranges(of: Data("Exif\0".utf8)).isEmpty)
            #expect(file == (try picture.encoded(as: format, metadata: PictureMetadata(source: source))))
        }
    }

    @Test("the pixels are the same with and without", arguments: ImageFormat.allCases, [1, 3, 4])
    func pixels(format: ImageFormat, channels: Int) throws {
        // Odd sizes, for the bytes that WebP and TIFF fill up with.
        for width in 15...18 {
            let picture = pattern(width: width, height: 9, channels: channels)
            let plain = try ImageDecoder.decode(picture.encoded(as: format))
            let marked = try ImageDecoder.decode(
                picture.encoded(as: format, metadata: metadata("a red heart, 30 steps")))
            #expect(plain.copy == marked.copy)
            #expect(plain.shape == marked.shape)
        }
    }

    @Test("PNG has the parameters in Latin-1 where that suffices")
    func latin() throws {
        let file = try pattern(width: 4, height: 4, channels: 3)
            .encoded(as: .png, metadata: metadata("a café\nSteps: 4"))
        let chunk = try #require(chunks(file).first { $0.name == "tEXt" })
        #expect(chunk.content == Array("parameters\0a caf".utf8) + [0xE9] + Array("\nSteps: 4".utf8))
        #expect(chunks(file).map(\.name).first == "IHDR" && chunks(file).map(\.name).last == "IEND")
    }

    @Test("PNG has other parameters in UTF-8")
    func international() throws {
        let file = try pattern(width: 4, height: 4, channels: 3).encoded(as: .png, metadata: metadata("赤い心"))
        #expect(
            chunks(file).contains {
                $0.name == "iTXt" && $0.content == Array("parameters\0\0\0\0\0赤い心".utf8)
            })
    }

    @Test("JPEG and WebP have them as a user comment in UTF-16", arguments: [ImageFormat.jpeg, .webp])
    func userComment(format: ImageFormat) throws {
        let text = "赤い心 ❤️ red heart"
        let file = try pattern(width: 5, height: 5, channels: 3).encoded(as: format, metadata: metadata(text))
        let comment = Data("UNICODE\0".utf8) + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(Data(file).ranges(of: comment).count == 1)
    }

    @Test("zeros and what is not UTF-8 cannot end or break the text")
    func hostileText() throws {
        let bytes = SecretBytes([0x61, 0, 0xFF, 0x62])
        let file = try pattern(width: 4, height: 4, channels: 3).encoded(
            as: .png, metadata: PictureMetadata(source: .trainedAlgorithmicMedia, parameters: bytes))
        #expect(chunks(file).contains { $0.content == Array("parameters\0\0\0\0\0a\u{FFFD}b".utf8) })
    }

    @Test("parameters longer than the format holds are refused, the longest are not")
    func tooLong() throws {
        let picture = pattern(width: 8, height: 8, channels: 3)
        let longest = (65_535 - 2 - 6 - 44 - 8) / 2
        let file = try picture.encoded(as: .jpeg, metadata: metadata(String(repeating: "a", count: longest)))
        #expect(try ImageDecoder.decode(file).copy == ImageDecoder.decode(picture.encoded(as: .jpeg)).copy)
        #expect(throws: ImageError.tooManyParameters(.jpeg, count: 65_528, maximum: 65_527)) {
            _ = try picture.encoded(as: .jpeg, metadata: metadata(String(repeating: "a", count: longest + 1)))
        }
        for format in ImageFormat.allCases {
            #expect(throws: ImageError.tooManyParameters(format, count: (1 << 20) + 1, maximum: 1 << 20)) {
                _ = try picture.encoded(as: format, metadata: metadata(String(repeating: "a", count: (1 << 20) + 1)))
            }
        }
        _ = try ImageDecoder.decode(
            picture.encoded(as: .webp, metadata: metadata(String(repeating: "a", count: 1 << 20))))
    }

    private func metadata(_ parameters: String) -> PictureMetadata {
        PictureMetadata(source: .trainedAlgorithmicMedia, parameters: SecretBytes(parameters.utf8))
    }

    /// A PNG file's chunks; a wrong checksum is an issue of the test.
    private func chunks(_ file: [UInt8]) -> [(name: String, content: [UInt8])] {
        var chunks: [(name: String, content: [UInt8])] = []
        var offset = 8
        while offset + 12 <= file.count {
            let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let body = file[offset + 4..<offset + 8 + length]
            #expect(Array(file[(offset + 8 + length)...].prefix(4)) == bigEndian(Int(crc32(body))))
            chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
            offset += 12 + length
        }
        return chunks
    }
}
