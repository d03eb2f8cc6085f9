import Foundation
import Imaging
import Privacy
import Testing
import Web

@Suite("Pictures that are sent as text")
struct EncodedPictureTests {
    /// A picture of 3×2 pixels, in a PNG file, in Base64.
    static let text: String = {
        let picture = PixelBuffer(width: 3, height: 2, channels: 3, bytes: (0..<18).map { UInt8($0 * 14) })
        return Data((try? picture.encoded(as: .png)) ?? []).base64EncodedString()
    }()

    @Test(
        "Base64 and data URLs of it are decoded",
        arguments: [
            text, "data:image/png;base64,\(text)", "DATA:image/png;charset=utf-8;Base64,\(text)",
            "data:;base64,\(text)", text.replacing("=", with: ""), " \(text)\r\n", "\(text)====",
            "data:image/jpg;charset=utf-8;base64,\(text)", "data:image/png; base64, \(text)",
            "data:image/png;base64 ,\(text)",
            "data:image/png;base64;charset=utf-8,\(text)", "data:text/html;name=a.gif;base64,\(text)",
            "data:image/png;base64,\(text.replacing("/", with: "%2F").replacing("+", with: "%2b").replacing("=", with: "%3D"))",
            "data:image/png;base64,%0A\(text)%20", text.replacing("/", with: "_").replacing("+", with: "-"),
            "data:image/png;base64,\(text.replacing("/", with: "_").replacing("+", with: "-").replacing("=", with: ""))",
            "\u{C}\(text)\t\n",
            text.enumerated().map { $0.offset % 76 == 75 ? "\($0.element)\r\n" : "\($0.element)" }.joined(),
        ])
    func decodes(text: String) throws {
        let picture = try decode(text)
        #expect(picture.width == 3)
        #expect(picture.height == 2)
        let bytes = picture.withBytes { span in span.indices.map { span[$0] } }
        #expect(bytes == (0..<18).map { UInt8($0 * 14) })
    }

    @Test(
        "addresses are refused, for nothing is fetched",
        arguments: [
            "http://localhost/canary.png", "https://example.org/canary", "file:///etc/passwd", "blob:canary",
            "data:image/png,canary", "data:image/png;base64", "data:base64,\(text)", "//canary:80/\(text)",
            "data:image/png;base64x,\(text)", "data:image/png;xbase64,\(text)", "data:image/png;a=base64,\(text)",
        ])
    func addresses(text: String) {
        #expect(throws: EncodedPictureError.address) { try check(text) }
    }

    @Test(
        "what is not Base64 is refused",
        arguments: [
            "canary!", "A", "AAAAA", "AA=A", "A=", "A===", "AA==AA==", "\(text)\u{0}", "é\(text)", "%3D", "AAAA%41",
            "data:image/png;base64,%", "data:image/png;base64,AAAA%4", "data:image/png;base64,AAAA%4g",
            "data:image/png;base64,AAAA%00",
        ])
    func notBase64(text: String) {
        #expect(throws: EncodedPictureError.notBase64) { try check(text) }
    }

    @Test("what is no picture is refused", arguments: ["AAAA", "AA===", "=", "", "  ", "data:image/png;base64,"])
    func noPicture(text: String) {
        #expect(throws: EncodedPictureError.unreadable(.unknownFormat)) { try check(text) }
    }

    @Test("limits hold before memory is taken")
    func limits() {
        let long = String(repeating: "A", count: 2_000)
        #expect(throws: EncodedPictureError.unreadable(.tooManyBytes(count: 1_500, maximum: 1_000))) {
            try check(long, DecodingLimits(maximumBytes: 1_000))
        }
        #expect(throws: EncodedPictureError.unreadable(.tooManyPixels(width: 3, height: 2, maximum: 5))) {
            try check(Self.text, DecodingLimits(maximumPixels: 5))
        }
    }

    @Test("no sentence about a picture repeats its text")
    func sentences() {
        for text in ["https://canary", "canary!", "canarycanary"] {
            let error = #expect(throws: EncodedPictureError.self) { try check(text) }
            #expect(error?.description.contains("canary") == false)
        }
    }

    @Test("Base64 decodes to what Foundation encoded", arguments: 0..<130)
    func roundTrip(count: Int) throws {
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
        let text = Array(Data(bytes).base64EncodedString().utf8)
        let decoded = try #require(decodeBase64(text))
        #expect(decoded == bytes)
    }

    @Test("altered texts are decoded or refused, and nothing else happens")
    func fuzz() {
        var generator = SystemRandomNumberGenerator()
        let seeds = [
            Self.text, "data:image/png;base64,\(Self.text)", "https://example.org/a.png", "data:a;base64,%41%2B",
        ].map {
            Array($0.utf8)
        }
        for _ in 0..<20_000 {
            var text = seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<max(1, text.count), using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where !text.isEmpty: text[place] = .random(in: .min ... .max, using: &generator)
                case 1 where !text.isEmpty: text.removeSubrange(place..<min(text.count, place + 9))
                case 2: text.insert(contentsOf: text.suffix(7), at: min(place, text.count))
                default: text = Array(text.prefix(place))
                }
            }
            let span = text.span
            _ = try? EncodedPicture.decode(0..<span.count, of: span)
        }
    }

    private func decode(_ text: String, _ limits: DecodingLimits = DecodingLimits()) throws -> PixelBuffer {
        let bytes = Array(text.utf8)
        let file = try EncodedPicture.decode(0..<bytes.count, of: bytes.span, limits: limits)
        do {
            return try file.withBytes { (span) throws(ImageError) in try ImageDecoder.decode(span, limits: limits) }
        } catch {
            throw EncodedPictureError.unreadable(error)
        }
    }

    private func check(_ text: String, _ limits: DecodingLimits = DecodingLimits()) throws {
        _ = try decode(text, limits)
    }

    private func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
        guard let secret = Base64.decode(0..<text.count, of: text.span) else { return nil }
        return secret.withBytes { span in span.indices.map { span[$0] } }
    }
}
