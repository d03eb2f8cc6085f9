import Imaging
import Testing

@Suite("A window of a picture")
struct WindowTests {
    /// A picture whose columns get brighter evenly.
    private func ramp(width: Int, height: Int) -> PixelBuffer {
        PixelBuffer(
            width: width, height: height, channels: 1,
            bytes: (0..<width * height).map { UInt8(($0 % width) * 255 / max(1, width - 1)) })
    }

    @Test("around the centre has the proportions that are asked for, inside or outside")
    func proportions() {
        let whole = PixelWindow(width: 136, height: 136)
        #expect(whole.cropped(toProportions: 1, 1) == whole && whole.widened(toProportions: 7, 7) == whole)
        let wide = whole.cropped(toProportions: 2, 1)
        #expect(wide == PixelWindow(x: 0, y: 34, width: 136, height: 68))
        #expect(wide.widened(toProportions: 1, 1) == whole)
        #expect(whole.widened(toProportions: 1, 2) == PixelWindow(x: 0, y: -68, width: 136, height: 272))
    }

    @Test("that is all of a picture gives the same bytes as resizing it")
    func whole() {
        let window = PixelWindow(width: 60, height: 40)
        let resized = ramp(width: 60, height: 40).resized(width: 90, height: 20)
        let resampled = ramp(width: 60, height: 40).resampled(window, width: 90, height: 20)
        let same = resized.withUnsafeBytes { one in resampled.withUnsafeBytes { Array(one) == Array($0) } }
        #expect(same)
    }

    @Test("shows a part where it lies, at any size, and goes on beyond the edges")
    func parts() {
        let part = ramp(width: 256, height: 8).resampled(
            PixelWindow(x: 64.5, y: 0, width: 100, height: 8), width: 50, height: 4)
        let shades = part.withUnsafeBytes { bytes in (0..<50).map { Int(bytes[$0]) } }
        // Two columns of the ramp a pixel, from 64.5 on.
        for (place, shade) in shades.enumerated() { #expect(abs(shade - (65 + 2 * place)) <= 1) }
        let beyond = ramp(width: 16, height: 4).resampled(
            PixelWindow(x: -16, y: -4, width: 48, height: 12), width: 48, height: 12)
        let edges = beyond.withUnsafeBytes { bytes in [Int(bytes[0]), Int(bytes[6 * 48 + 47])] }
        #expect(edges[0] < 10 && edges[1] > 245)
    }

    @Test("of a mask marks nothing beside what is marked, and is white where all of it is")
    func masks() {
        let mask = PixelBuffer(width: 8, height: 8, channels: 1, bytes: (0..<64).map { $0 % 8 < 4 ? 255 : 0 })
        let large = mask.resampled(
            PixelWindow(width: 8, height: 8).cropped(toProportions: 1, 1), width: 64, height: 64, filter: .triangle)
        let row = large.withUnsafeBytes { bytes in (0..<64).map { Int(bytes[32 * 64 + $0]) } }
        #expect(row[..<28].allSatisfy { $0 == 255 } && row[36...].allSatisfy { $0 == 0 })
        #expect(zip(row, row.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test("of an enlarged picture and back again lie over each other to a fraction of a pixel")
    func inverse() {
        // 131×129 pixels are made as 136×136, and cut to 131×129 again.
        let original = ramp(width: 131, height: 129)
        let made = original.copied().resampled(
            PixelWindow(width: 131, height: 129).widened(toProportions: 136, 136), width: 136, height: 136)
        let back = made.resampled(
            PixelWindow(width: 136, height: 136).cropped(toProportions: 131, 129), width: 131, height: 129)
        let largest = original.withUnsafeBytes { one in
            back.withUnsafeBytes { other in one.indices.map { abs(Int(one[$0]) - Int(other[$0])) }.max() ?? 255 }
        }
        #expect(largest <= 3)
    }
}
