import Foundation
import Imaging
import Testing

/// A file of Tests/Fixtures/data/images and the pixels that it shows.
struct ImageCase: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let width: Int
    let height: Int
    let channels: Int
    let tolerance: Int
    let offset: Int

    var testDescription: String { file }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/data/images")

    static let all: [ImageCase] =
        (try? JSONDecoder().decode(
            [ImageCase].self, from: Data(contentsOf: folder.appendingPathComponent("cases.json"))))
        ?? []

    private static let pixels =
        (try? Data(contentsOf: folder.appendingPathComponent("pixels.bin"))).map(Array.init) ?? []

    /// The file's bytes.
    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: Self.folder.appendingPathComponent(file))) }

    /// What it shows, `[height, width, channels]`.
    var expected: ArraySlice<UInt8> { Self.pixels[offset..<offset + width * height * channels] }
}

@Suite("Files of every maker")
struct FixtureTests {
    @Test("are there")
    func count() { #expect(ImageCase.all.count > 200) }

    @Test("are read as Pillow reads them, or as their format says", arguments: ImageCase.all)
    func pixels(_ sample: ImageCase) throws {
        let file = try sample.bytes()
        let picture = try ImageDecoder.decode(file)
        let (shape, copy) = (picture.shape, picture.copy)
        #expect(shape == [sample.width, sample.height, sample.channels])
        let difference = zip(copy, sample.expected).map { abs(Int($0) - Int($1)) }.max() ?? 0
        #expect(difference <= sample.tolerance)
        let info = try ImageDecoder.info(of: file.span)
        #expect(info.width == sample.width && info.height == sample.height)
    }

    @Test("a file that is cut is refused, or shows all that the whole one shows")
    func cut() throws {
        for sample in ImageCase.all where sample.file.hasPrefix("profile-") || sample.file.hasPrefix("animated") {
            let file = try sample.bytes()
            for length in stride(from: 0, to: file.count, by: 29) {
                guard let part = try? ImageDecoder.decode(Array(file.prefix(length))) else { continue }
                let shape = part.shape
                #expect(shape == [sample.width, sample.height, sample.channels])
            }
        }
    }

    @Test("a profile that is too large, or that asks for more than tables, changes nothing")
    func uselessProfiles() throws {
        let sample = try #require(ImageCase.all.first { $0.file == "profile-p3.jpg" })
        let file = try sample.bytes()
        let marker = Array("ICC_PROFILE\0".utf8)
        let start = try #require(file.indices.first { file[$0...].starts(with: marker) }) - 4
        let length = Int(file[start + 2]) << 8 | Int(file[start + 3])
        let profile = Array(file[start + 18..<start + 2 + length])
        #expect(try withProfile(profile).copy == ImageDecoder.decode(file).copy)

        var others: [[UInt8]] = [Array(profile.dropLast(1)), Array(profile.prefix(140))]
        // A later version, another kind of profile, another space, no profile.
        for (offset, bytes) in [(8, [5]), (12, Array("link".utf8)), (16, Array("5CLR".utf8)), (36, [0])]
            as [(Int, [UInt8])]
        {
            var other = profile
            other.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            others.append(other)
        }
        let large = profile + [UInt8](repeating: 0, count: 4 << 20)
        others.append(Array(bigEndian(large.count) + large[4...]))
        let expected = try ImageDecoder.decode(Array(file[..<start] + file[(start + 2 + length)...])).copy
        for other in others { #expect(try withProfile(other).copy == expected) }

        func withProfile(_ profile: [UInt8]) throws -> PixelBuffer {
            let parts = stride(from: 0, to: profile.count, by: 65_000).map {
                Array(profile[$0..<min(profile.count, $0 + 65_000)])
            }
            var segments: [UInt8] = []
            for (index, part) in parts.enumerated() {
                let size = part.count + 16
                segments += [0xFF, 0xE2, UInt8(size >> 8), UInt8(size & 255)] + marker
                segments += [UInt8(index + 1), UInt8(parts.count)] + part
            }
            return try ImageDecoder.decode(Array(file[..<start] + segments + file[(start + 2 + length)...]))
        }
    }

    @Test("altered files are read or refused, and nothing else happens", arguments: 0..<4)
    func altered(round: Int) throws {
        var random = SplitMix(state: UInt64(round))
        let limits = DecodingLimits(maximumBytes: 1 << 16, maximumPixels: 1 << 16)
        for sample in ImageCase.all {
            let file = try sample.bytes()
            for _ in 0..<6 {
                var altered = file
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let index = Int.random(in: 0..<altered.count, using: &random)
                    altered[index] = UInt8.random(in: .min ... .max, using: &random)
                }
                _ = try? ImageDecoder.decode(altered, limits: limits)
                _ = try? ImageDecoder.info(of: altered.span, limits: limits)
            }
        }
    }
}
