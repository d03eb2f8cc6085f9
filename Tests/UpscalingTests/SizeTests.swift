import Imaging
import NeuralNetwork
import Testing
import Upscaling

/// A result has the size that was asked for, and sizes are held against limits before memory is taken.
@Suite("Sizes")
struct SizeTests {
    @Test(
        "any network enlarges by every scale", arguments: ["compact-x2", "compact-x3", "compact-x4", "dense-x2"],
        Upscaler.scales)
    func scales(_ name: String, scale: Int) throws {
        let result = try Samples.upscaler(name).pixels(Samples.drawing(width: 13, height: 10), scale: scale)
        #expect(result.shape == [13 * scale, 10 * scale, 3])
        // It is the picture, not something of its size.
        let plain = try Upscaler.nearest.pixels(Samples.drawing(width: 13, height: 10), scale: scale)
        #expect(result.differences(from: plain).mean < 110)
    }

    @Test(
        "any size is reached exactly, larger or smaller, and each side for itself",
        arguments: [(100, 80), (37, 29), (41, 29), (20, 11), (37, 200), (149, 117), (400, 1)])
    func exact(width: Int, height: Int) throws {
        for upscaler in [try Samples.upscaler("compact-x4"), .lanczos, .nearest] {
            for channels in [1, 3, 4] {
                let picture = Samples.drawing(width: 37, height: 29, channels: channels)
                let result = try upscaler.pixels(picture, width: width, height: height)
                #expect(result.shape == [width, height, channels], "\(upscaler.name)")
            }
        }
    }

    @Test("a size that the network makes is the network's own result, and a smaller one is reached by Lanczos's filter")
    func reaching() throws {
        let upscaler = try Samples.upscaler("compact-x4")
        let picture = Samples.drawing(width: 20, height: 16)
        let fourfold = try upscaler.pixels(picture, scale: 4)
        #expect(try upscaler.pixels(picture, width: 80, height: 64) == fourfold)
        #expect(
            try upscaler.pixels(picture, width: 75, height: 60)
                == Pixels(fourfold.picture.resized(width: 75, height: 60)))
        #expect(
            try upscaler.pixels(picture, width: 10, height: 8) == Pixels(picture.picture.resized(width: 10, height: 8)))
    }

    @Test("filters do what they are called")
    func filters() throws {
        let picture = Pixels(width: 2, height: 1, channels: 3, bytes: [1, 2, 3, 4, 5, 6])
        let row: [UInt8] = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]
        #expect(try Upscaler.nearest.pixels(picture, scale: 2).bytes == row + row)
        let drawing = Samples.drawing(width: 20, height: 16)
        #expect(
            try Upscaler.lanczos.pixels(drawing, scale: 3) == Pixels(drawing.picture.resized(width: 60, height: 48)))
    }

    @Test("scales that are not made are refused", arguments: [Int.min, -2, 0, 1, 5, .max])
    func badScale(_ scale: Int) throws {
        #expect(throws: UpscalingError.scale(asked: scale, allowed: 2...4)) {
            _ = try Upscaler.lanczos.pixels(Samples.drawing(width: 8, height: 8), scale: scale)
        }
    }

    @Test(
        "sides and pixels beyond the limits are refused",
        arguments: [(0, 8), (8, -1), (8_193, 8), (8, .max), (.max, .max), (.min, 8)])
    func badSize(width: Int, height: Int) throws {
        let upscaler = try Samples.upscaler("compact-x4")
        #expect(throws: UpscalingError.side(maximum: 8_192)) {
            _ = try upscaler.pixels(Samples.drawing(width: 8, height: 8), width: width, height: height)
        }
    }

    @Test("limits can be set, and hold for the result")
    func limits() throws {
        let upscaler = try Samples.upscaler("compact-x4")
        let picture = Samples.drawing(width: 30, height: 20)
        let limits = UpscalingLimits(maximumSide: 100, maximumPixels: 5_400)
        #expect(try upscaler.pixels(picture, scale: 3, limits: limits).shape == [90, 60, 3])
        #expect(throws: UpscalingError.side(maximum: 100)) {
            _ = try upscaler.pixels(picture, scale: 4, limits: limits)
        }
        #expect(throws: UpscalingError.tooManyPixels(maximum: 5_400)) {
            _ = try upscaler.pixels(picture, width: 90, height: 61, limits: limits)
        }
        #expect(throws: UpscalingError.tooManyPixels(maximum: 5_400)) {
            _ = try upscaler.cost(width: 30, height: 20, channels: 3, toWidth: 90, toHeight: 61, limits: limits)
        }
        // Another shape would need many times the pixels on the way.
        #expect(throws: UpscalingError.tooManyPixels(maximum: 1 << 26)) {
            _ = try upscaler.pixels(Samples.drawing(width: 4, height: 400), width: 8_192, height: 400)
        }
    }
}
