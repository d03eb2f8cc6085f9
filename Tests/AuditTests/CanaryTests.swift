import Foundation
import NIOCore
import NIOHPACK
import Testing

@testable import Audit

@Suite("A canary")
struct CanaryTests {
    private let canary = Canary("test")

    private func forms(in bytes: some Sequence<UInt8>) -> Set<CanaryForm> {
        var patterns: [Pattern] = []
        patterns.add(canary.textPatterns, of: canary)
        var search = Search(for: PatternSearch(patterns))
        search.look(at: Array(bytes), in: "here")
        return Set(search.findings.map(\.form))
    }

    @Test("is found in a prompt as Foundation writes it in each encoding")
    func encodings() throws {
        let text = "before " + canary.prompt + " after"
        let encodings: [(String.Encoding, CanaryForm)] = [
            (.utf8, .plain), (.utf16LittleEndian, .utf16LittleEndian), (.utf16BigEndian, .utf16BigEndian),
            (.utf32LittleEndian, .utf32LittleEndian), (.utf32BigEndian, .utf32BigEndian),
        ]
        for (encoding, form) in encodings {
            // One order of bytes, seen from one byte on, looks like the other.
            #expect(try forms(in: #require(text.data(using: encoding))).contains(form))
        }
    }

    @Test("is found in Base64 wherever it begins in it", arguments: 0..<6)
    func base64(offset: Int) {
        let data = Data([UInt8](repeating: 0x5A, count: offset) + canary.prompt.utf8)
        #expect(forms(in: data.base64EncodedString().utf8) == [.base64])
    }

    @Test("is found when its ideographs are escaped as in JSON and in addresses, in large and small letters")
    func escapes() throws {
        let escaped = canary.ideographs.utf16.map { "\\u" + String($0, radix: 16) }.joined()
        #expect(forms(in: escaped.utf8) == [.jsonEscaped])
        #expect(forms(in: escaped.uppercased().replacing("\\U", with: "\\u").utf8) == [.jsonEscaped])
        let percent = try #require(canary.ideographs.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        #expect(forms(in: percent.utf8) == [.percentEncoded])
        #expect(forms(in: percent.lowercased().utf8) == [.percentEncoded])
        let form = canary.prompt.replacing(" ", with: "+")
        #expect(forms(in: form.utf8).contains(.formEncoded))
    }

    @Test("is found in a header field that HTTP/2 has compressed, at whichever bit it begins", arguments: 0..<9)
    func compressed(offset: Int) throws {
        let before = String(repeating: "q", count: offset)
        for text in [canary.words.joined(), "\(canary.seed)"] {
            var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
            var buffer = ByteBuffer()
            try encoder.encode(headers: ["cookie": before + text + "=; a"], to: &buffer)
            #expect(forms(in: buffer.readableBytesView) == [.huffman])
        }
    }

    @Test("is found by its seed, as a number and as text")
    func seeds() {
        #expect(forms(in: withUnsafeBytes(of: canary.seed) { Array($0) }) == [.seedNumber])
        #expect(forms(in: "{\"seed\":\(canary.seed)}".utf8) == [.seedText])
    }

    @Test("is another one each time, and is not found where another one is")
    func others() { #expect(forms(in: Canary("test").prompt.utf8).isEmpty) }
}

@Suite("Windows of a picture")
struct WindowTests {
    @Test("leave out what is all of one colour, and lie over all of the rest")
    func spread() {
        let blank = [UInt8](repeating: 255, count: 4_096)
        #expect(Windows.spread(over: blank).isEmpty)
        let picture = (0..<6_000).map { _ in UInt8.random(in: 0...255) }
        let windows = Windows.spread(over: picture)
        #expect(windows.count == 6)
        for (index, window) in windows.enumerated() {
            let place = picture.firstRange(of: window)?.lowerBound ?? 0
            #expect((picture.count * index / 6 - 40..<picture.count * (index + 1) / 6).contains(place))
        }
    }

    @Test("of a sent picture are in its file, its pixels and their floats")
    func sent() {
        let picture = SentPicture(width: 16, height: 16, channels: 3)
        let forms = Set(picture.patterns.map(\.0))
        #expect(forms == [.sentPixels, .sentFloats, .sentFile, .sentBase64])
        for (form, window) in picture.patterns where form == .sentFile {
            #expect(picture.file.firstRange(of: window) != nil)
        }
        for (form, window) in picture.patterns where form == .sentBase64 {
            #expect(window.count > 38)
        }
    }
}
