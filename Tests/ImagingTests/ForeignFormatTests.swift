import Imaging
import Testing

@Suite("Files of formats that are not read")
struct ForeignFormatTests {
    private static let samples: [(format: ForeignFormat, beginnings: [[UInt8]])] = [
        (.gif, [text("GIF89a"), text("GIF87a")]),
        (.bmp, [text("BM") + [UInt8](repeating: 0, count: 12) + [40, 0, 0, 0]]),
        (.tiff, [text("II*\0"), text("MM\0*"), text("II+\0"), text("MM\0+")]),
        (.avif, [brands("avif"), brands("mif1", "mif1", "avif", "miaf"), brands("avis")]),
        (.heic, [brands("heic"), brands("mif1", "heic"), brands("msf1", "hevc"), brands("mif1")]),
        (.jpegXL, [[0xFF, 0x0A, 1], [0, 0, 0, 12] + text("JXL ") + [0x0D, 0x0A, 0x87, 0x0A]]),
        (.jpeg2000, [[0xFF, 0x4F, 0xFF, 0x51], [0, 0, 0, 12] + text("jP  ") + [0x0D, 0x0A, 0x87, 0x0A]]),
        (.photoshop, [text("8BPS\0\u{1}")]),
        (
            .svg,
            [
                text("<svg/>"), text("<?xml version=\"1.0\"?>\n<!-- a -->\n<svg xmlns=\"x\">"),
                text("\u{FEFF} \n<svg "),
                text("<!DOCTYPE svg PUBLIC \"x\">\r\n<svg>"),
            ]
        ),
        (.pdf, [text("%PDF-1.7")]),
        (.icon, [[0, 0, 1, 0, 1, 0] + [UInt8](repeating: 16, count: 16)]),
        (.openEXR, [[0x76, 0x2F, 0x31, 0x01]]),
        (.qoi, [text("qoif")]),
    ]

    @Test("are named, wherever they end, and never taken for others", arguments: samples)
    func named(_ sample: (format: ForeignFormat, beginnings: [[UInt8]])) {
        for beginning in sample.beginnings {
            #expect(throws: ImageError.foreignFormat(sample.format)) { _ = try ImageDecoder.decode(beginning) }
            #expect(throws: ImageError.foreignFormat(sample.format)) { _ = try ImageDecoder.info(of: beginning.span) }
            for length in 0..<beginning.count {
                let error = #expect(throws: ImageError.self) {
                    _ = try ImageDecoder.decode(Array(beginning.prefix(length)))
                }
                let isEither =
                    switch error {
                    case .unknownFormat: true
                    case .foreignFormat(let format): format == sample.format || format == .heic
                    default: false
                    }
                #expect(isEither)
            }
        }
    }

    @Test("are all known to these tests")
    func all() { #expect(Set(Self.samples.map(\.format)) == Set(ForeignFormat.allCases)) }

    @Test("the sentence says what the file is and what is read")
    func sentences() {
        #expect("\(ImageError.foreignFormat(.gif))" == "This is a GIF file; PNG, JPEG and WebP are read.")
        #expect("\(ImageError.foreignFormat(.avif))" == "This is an AVIF file; PNG, JPEG and WebP are read.")
        #expect("\(ImageError.foreignFormat(.heic))" == "This is a HEIC file; PNG, JPEG and WebP are read.")
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// The first box of a file in the ISO base media format.
    private static func brands(_ first: String, _ others: String...) -> [UInt8] {
        let content = text("ftyp") + text(first) + [0, 0, 0, 0] + others.flatMap { text($0) }
        return bigEndian(content.count + 4) + content
    }
}
