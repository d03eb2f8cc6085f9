import Imaging
import Testing

@Suite("Files that mean harm")
struct HostileFileTests {
    @Test("a file that ends early is refused, wherever it ends")
    func truncated() throws {
        for file in try smallFiles() {
            for length in 0..<file.count {
                let part = Array(file.prefix(length))
                do {
                    // Some formats end with bytes that no pixel needs; then the pixels must be the whole file's.
                    let picture = try ImageDecoder.decode(part)
                    #expect(try picture.copy == ImageDecoder.decode(file).copy)
                } catch let error {
                    let isRefusal = [
                        .unknownFormat, .damaged(.png), .damaged(.jpeg), .damaged(.webp),
                    ].contains(error)
                    #expect(isRefusal)
                }
            }
        }
    }

    @Test("a JPEG that ends early is read when a part of its last row of blocks is missing, and no more than that")
    func nearlyWhole() throws {
        for sample in ImageCase.all where sample.file.hasPrefix("cut-in-the-last-row") {
            let file = try sample.bytes()
            #expect(throws: Never.self) { _ = try ImageDecoder.decode(file) }
            for length in stride(from: 0, to: file.count * 7 / 8, by: 11) {
                #expect(throws: ImageError.self) { _ = try ImageDecoder.decode(Array(file.prefix(length))) }
            }
        }
    }

    @Test("flipped bits harm nobody", arguments: 0..<8)
    func flipped(round: Int) throws {
        var random = SplitMix(state: UInt64(round))
        let limits = DecodingLimits(maximumBytes: 1 << 16, maximumPixels: 1 << 16)
        for file in try smallFiles() {
            for _ in 0..<100 {
                var damaged = file
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let index = Int.random(in: 0..<damaged.count, using: &random)
                    damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
                do {
                    let picture = try ImageDecoder.decode(damaged, limits: limits)
                    let pixels = picture.width * picture.height
                    #expect(pixels <= limits.maximumPixels)
                } catch {}
            }
        }
    }

    @Test("random bytes after a signature harm nobody")
    func noise() {
        var random = SplitMix(state: 99)
        let signatures: [[UInt8]] = [
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF],
            Array("RIFF".utf8) + [40, 0, 0, 0] + Array("WEBPVP8 ".utf8),
        ]
        for signature in signatures {
            for _ in 0..<300 {
                let noise = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                    UInt8.random(in: .min ... .max, using: &random)
                }
                #expect(throws: ImageError.self) { _ = try ImageDecoder.decode(signature + noise) }
            }
        }
    }

    @Test("a small file with a huge header is refused by its header")
    func bomb() throws {
        let header = bigEndian(60_000) + bigEndian(60_000) + [8, 2, 0, 0, 0]
        let png =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("IDAT", [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]) + chunk("IEND", [])
        expectTooManyPixels(png, 60_000, 60_000)

        var jpeg = try JPEG.encode(pattern(width: 8, height: 8, channels: 3))
        let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xEA, 0x60, 0xEA, 0x60])
        expectTooManyPixels(jpeg, 60_000, 60_000)

        var webp = try WebP.encode(pattern(width: 8, height: 8, channels: 3))
        webp.replaceSubrange(26..<30, with: [0xFF, 0x3F, 0xFF, 0x3F])
        expectTooManyPixels(webp, 16_383, 16_383)
    }

    @Test("a file that asks for very many passes over its pixels is refused")
    func scans() throws {
        var jpeg = try JPEG.encode(pattern(width: 8, height: 8, channels: 3))
        let scan = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA })
        jpeg.insert(contentsOf: (0..<100).flatMap { _ in [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0] }, at: scan)
        #expect(throws: ImageError.damaged(.jpeg)) { _ = try ImageDecoder.info(of: jpeg.span) }
        #expect(throws: ImageError.damaged(.jpeg)) { _ = try ImageDecoder.decode(jpeg) }
    }

    @Test("a header says what decoding finds, or what is wrong with it")
    func info() throws {
        for file in try smallFiles() {
            let info = try ImageDecoder.info(of: file.span)
            for length in 0...file.count {
                let part = Array(file.prefix(length))
                guard let picture = try? ImageDecoder.decode(part) else { continue }
                let size = [picture.width, picture.height]
                #expect(size == [info.width, info.height])
                #expect((try? ImageDecoder.info(of: part.span)) == info)
            }
        }
    }

    @Test("no sentence repeats a number of the file")
    func silence() {
        let errors: [ImageError] = [
            .tooManyBytes(count: 7_777, maximum: 9), .tooManyPixels(width: 7_777, height: 7_777, maximum: 9),
            .notEncodable(.webp, width: 7_777, height: 7_777), .tooManyParameters(.jpeg, count: 7_777, maximum: 9),
        ]
        #expect(!errors.contains { $0.description.contains("7777") })
    }

    @Test("a file larger than allowed is refused unread")
    func tooManyBytes() {
        let limits = DecodingLimits(maximumBytes: 10)
        #expect(throws: ImageError.tooManyBytes(count: 11, maximum: 10)) {
            _ = try ImageDecoder.decode([UInt8](repeating: 0, count: 11), limits: limits)
        }
    }

    @Test(
        "other files are not taken for pictures",
        arguments: ["", "GIF", "<html><svg/>", "RIFF\0\0\0\0WAVE", "\u{89}PNG", "BM", "ftyp"])
    func otherFiles(_ text: String) {
        #expect(throws: ImageError.unknownFormat) { _ = try ImageDecoder.decode(Array(text.utf8)) }
    }

    @Test("errors are sentences that say what is allowed")
    func sentences() {
        #expect("\(ImageError.unknownFormat)".contains("PNG, JPEG or WebP"))
        #expect("\(ImageError.tooManyPixels(width: 9, height: 8, maximum: 70))".contains("70 pixels"))
        #expect("\(ImageError.unsupported(.jpeg, .rareCoding))".contains("rare kinds of coding in JPEG"))
    }

    private func expectTooManyPixels(_ file: [UInt8], _ width: Int, _ height: Int) {
        let limits = DecodingLimits()
        #expect(
            throws: ImageError.tooManyPixels(width: width, height: height, maximum: limits.maximumPixels)
        ) { _ = try ImageDecoder.decode(file, limits: limits) }
    }
}

/// A small seeded generator (Steele, Lea and Flood, 'Fast splittable pseudorandom number generators', 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
