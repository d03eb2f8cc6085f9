import Foundation
import Imaging
import Testing

@Suite("Drawings cut out of their ground")
struct CutoutTests {
    /// A drawing of known opacity, and how it looks on a ground.
    private struct Drawing {
        let side: Int
        var color: [SIMD3<Double>]
        var opacity: [Double]

        init(side: Int = 256) {
            self.side = side
            color = Array(repeating: SIMD3(), count: side * side)
            opacity = Array(repeating: 0, count: side * side)
        }

        /// Paints what a signed distance in pixels is inside of, with an edge `soft` pixels wide.
        mutating func paint(_ paint: SIMD3<Double>, soft: Double = 2, _ distance: (Double, Double) -> Double) {
            for y in 0..<side {
                for x in 0..<side {
                    let share = min(1, max(0, 0.5 - distance(Double(x) + 0.5, Double(y) + 0.5) / soft))
                    guard share > 0 else { continue }
                    let index = y * side + x
                    let total = share + opacity[index] * (1 - share)
                    color[index] = (paint * share + color[index] * opacity[index] * (1 - share)) / total
                    opacity[index] = total
                }
            }
        }

        /// The drawing on a ground that may change over the picture.
        func picture(on ground: (Double, Double) -> SIMD3<Double>, noise: Double = 0) -> PixelBuffer {
            var random = Seeded(state: 7)
            var picture = PixelBuffer(width: side, height: side, channels: 3)
            picture.withUnsafeMutableBytes { bytes in
                for index in opacity.indices {
                    let behind = ground(Double(index % side) / Double(side), Double(index / side) / Double(side))
                    let seen = color[index] * opacity[index] + behind * (1 - opacity[index])
                    for channel in 0..<3 {
                        let value = seen[channel] + noise * Double.random(in: -1...1, using: &random)
                        bytes[3 * index + channel] = UInt8(min(255, max(0, value.rounded())))
                    }
                }
            }
            return picture
        }
    }

    private static let white: @Sendable (Double, Double) -> SIMD3<Double> = { (_: Double, _: Double) in
        SIMD3<Double>(255, 255, 255)
    }
    private static let red = SIMD3<Double>(220, 38, 38)
    private static let blue = SIMD3<Double>(37, 99, 235)

    private static func disc(_ x: Double, _ y: Double, _ radius: Double) -> (Double, Double) -> Double {
        { hypot($0 - x, $1 - y) - radius }
    }

    private static func ring(_ x: Double, _ y: Double, _ radius: Double, _ width: Double) -> (Double, Double) -> Double
    {
        { abs(hypot($0 - x, $1 - y) - radius) - width / 2 }
    }

    private func bytes(_ picture: borrowing PixelBuffer) -> [UInt8] { picture.withUnsafeBytes { Array($0) } }

    /// The mean and the largest difference of the opacities, from 0 to 1.
    private func difference(_ cutout: [UInt8], _ drawing: Drawing) -> (mean: Double, most: Double) {
        let all = drawing.opacity.indices.map { abs(Double(cutout[4 * $0 + 3]) / 255 - drawing.opacity[$0]) }
        return (all.reduce(0, +) / Double(all.count), all.max() ?? 0)
    }

    @Test("have the opacity that they were drawn with, at edges of any width", arguments: [1.5, 3, 6, 10])
    func edges(_ soft: Double) {
        var drawing = Drawing()
        drawing.paint(Self.red, soft: soft, Self.disc(128, 120, 70))
        let cutout = bytes(drawing.picture(on: Self.white).cutOut())
        let (mean, most) = difference(cutout, drawing)
        #expect(mean < 0.003 && most < 0.12, "\(mean) \(most)")
    }

    @Test("are found on grounds of any colour, with noise and a gradient")
    func grounds() {
        var drawing = Drawing()
        drawing.paint(SIMD3(255, 230, 60), soft: 3, Self.disc(128, 128, 60))
        for ground in [Self.blue, SIMD3(140, 60, 200), SIMD3(20, 20, 24), SIMD3(250, 252, 248)] {
            let picture = drawing.picture(on: { x, y in ground + SIMD3(8 * x, -6 * y, 4 * x) }, noise: 3)
            let (mean, _) = difference(bytes(picture.cutOut()), drawing)
            #expect(mean < 0.006, "\(ground): \(mean)")
        }
    }

    @Test("have no light fringe on a dark page")
    func fringe() {
        var drawing = Drawing()
        drawing.paint(SIMD3(20, 30, 60), soft: 6, Self.disc(128, 128, 70))
        let cutout = bytes(drawing.picture(on: Self.white).cutOut())
        // On black nothing is lighter than the thing itself.
        for index in drawing.opacity.indices {
            for channel in 0..<3 {
                let onBlack = Double(cutout[4 * index + channel]) * Double(cutout[4 * index + 3]) / 255
                #expect(onBlack <= drawing.color[index][channel] * drawing.opacity[index] + 6)
            }
        }
    }

    @Test("have holes where a ring has one, on white and on a colour")
    func rings() {
        var drawing = Drawing()
        drawing.paint(SIMD3(245, 180, 40), soft: 3, Self.ring(128, 128, 60, 16))
        for ground in [SIMD3<Double>(255, 255, 255), Self.blue] {
            let cutout = bytes(drawing.picture(on: { _, _ in ground }).cutOut())
            #expect(cutout[4 * (128 * 256 + 128) + 3] == 0)
            #expect(difference(cutout, drawing).mean < 0.004)
        }
    }

    @Test("keep white things: an eye with its pupil, a body with an outline, also where that has a gap")
    func whites() {
        var drawing = Drawing()
        drawing.paint(SIMD3(255, 200, 40), Self.disc(128, 128, 90))
        drawing.paint(SIMD3(255, 255, 255), Self.disc(100, 100, 24))
        drawing.paint(SIMD3(20, 20, 20), Self.disc(104, 102, 9))
        var cutout = bytes(drawing.picture(on: Self.white).cutOut())
        #expect(cutout[4 * (100 * 256 + 84) + 3] == 255)
        #expect(difference(cutout, drawing).mean < 0.004)

        var body = Drawing()
        body.paint(SIMD3(255, 255, 255), Self.disc(128, 128, 80))
        body.paint(SIMD3(60, 70, 80)) { x, y in
            // A gap of four pixels in an outline of four.
            y < 128 && abs(x - 128) < 2 ? 9 : abs(hypot(x - 128, y - 128) - 80) - 2
        }
        cutout = bytes(body.picture(on: Self.white).cutOut())
        #expect(cutout[4 * (128 * 256 + 128) + 3] == 255)
        #expect(difference(cutout, body).mean < 0.01)
    }

    @Test("lose the stains of the ground, and nothing else that is small")
    func stains() {
        var drawing = Drawing()
        drawing.paint(Self.red, Self.disc(128, 128, 50))
        drawing.paint(Self.blue, Self.disc(40, 40, 4))
        let clean = drawing
        drawing.paint(SIMD3(238, 240, 236), soft: 4, Self.disc(210, 60, 8))
        drawing.paint(SIMD3(240, 236, 240), soft: 6, Self.disc(2, 252, 9))
        let cutout = bytes(drawing.picture(on: Self.white).cutOut())
        #expect(difference(cutout, clean).mean < 0.003)
        #expect(cutout[4 * (40 * 256 + 40) + 3] == 255)
    }

    @Test("stay as they are where there is no ground of one colour")
    func photographs() {
        var random = Seeded(state: 3)
        var picture = PixelBuffer(width: 64, height: 48, channels: 3)
        picture.withUnsafeMutableBytes { for index in $0.indices { $0[index] = .random(in: 0...255, using: &random) } }
        let before = bytes(picture)
        let cutout = bytes(picture.cutOut())
        #expect((0..<64 * 48).allSatisfy { cutout[4 * $0 + 3] == 255 })
        #expect(
            before.indices.allSatisfy { (index: Int) -> Bool in
                let (pixel, channel) = index.quotientAndRemainder(dividingBy: 3)
                return cutout[4 * pixel + channel] == before[index]
            })
    }

    @Test("are the same each time, whatever their size", arguments: [(1, 1), (2, 3), (1, 90), (64, 64), (300, 40)])
    func sizes(_ width: Int, _ height: Int) {
        func cut() -> [UInt8] {
            var picture = PixelBuffer(width: width, height: height, channels: 3)
            picture.withUnsafeMutableBytes { bytes in
                for index in bytes.indices { bytes[index] = index / 3 % width > width / 2 ? 255 : UInt8(index % 200) }
            }
            return bytes(picture.cutOut())
        }
        let once = cut()
        #expect(once.count == width * height * 4 && once == cut())
    }

    @Test("keep their opacity in PNG and WebP", arguments: [ImageFormat.png, .webp])
    func files(_ format: ImageFormat) throws {
        var drawing = Drawing()
        drawing.paint(Self.red, soft: 4, Self.disc(128, 128, 60))
        let cutout = drawing.picture(on: Self.white).cutOut()
        let file = try cutout.encoded(
            as: format, quality: 90, metadata: PictureMetadata(source: .trainedAlgorithmicMedia))
        let read = try ImageDecoder.decode(file.span)
        #expect(read.channels == 4)
        let (before, after) = (bytes(cutout), bytes(read))
        let opacities = stride(from: 3, to: before.count, by: 4)
        #expect(opacities.allSatisfy { (index: Int) -> Bool in abs(Int(before[index]) - Int(after[index])) <= 1 })
        #expect(String(decoding: file, as: UTF8.self).contains("trainedAlgorithmicMedia"))
    }
}

/// Numbers that are the same each time (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
