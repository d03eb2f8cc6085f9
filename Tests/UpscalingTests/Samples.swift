import Foundation
import Imaging
import NeuralNetwork
import TestSupport
import Upscaling

/// The networks that the tests enlarge with.
enum Samples {
    static let bundled = Fixtures.url("../../../Models/upscalers/realesr-animevideov3.safetensors").standardizedFileURL
        .path

    static func upscaler(_ name: String = bundled, threads: Int = 2, _ set: InstructionSet? = nil) throws -> Upscaler {
        let file = name.contains("/") ? name : Fixtures.url("upscaling/\(name).safetensors").path
        return try Upscaler(file: file, on: Device(threads: threads, instructionSet: set))
    }

    static func picture(_ name: String) throws -> Pixels {
        Pixels(try ImageDecoder.decode(Array(try Data(contentsOf: Fixtures.url("upscaling/pictures/\(name).png")))))
    }

    /// Soft colours with a hard edge in every direction, no two places alike.
    static func drawing(width: Int, height: Int, channels: Int = 3) -> Pixels {
        var picture = Pixels(width: width, height: height, channels: channels)
        for y in 0..<height {
            for x in 0..<width {
                let isInside =
                    (x - width / 2) * (x - width / 2) + (y - height / 2) * (y - height / 2) < height * height / 9
                let values = [x * 255 / width, y * 255 / height, isInside ? 230 : (x * y) % 97, isInside ? 255 : 0]
                for channel in 0..<channels {
                    picture.bytes[(y * width + x) * channels + channel] = UInt8(truncatingIfNeeded: values[channel])
                }
            }
        }
        return picture
    }
}

/// A picture's bytes, to compare.
struct Pixels: Equatable {
    /// Width, height and channels.
    let shape: [Int]
    var bytes: [UInt8]

    init(width: Int, height: Int, channels: Int, bytes: [UInt8]? = nil) {
        shape = [width, height, channels]
        self.bytes = bytes ?? Array(repeating: 0, count: width * height * channels)
    }

    init(_ picture: borrowing PixelBuffer) {
        shape = [picture.width, picture.height, picture.channels]
        bytes = picture.withUnsafeBytes { Array($0) }
    }

    /// One channel's bytes.
    func channel(_ index: Int) -> [UInt8] { stride(from: index, to: bytes.count, by: shape[2]).map { bytes[$0] } }

    /// The picture itself.
    var picture: PixelBuffer {
        PixelBuffer(width: shape[0], height: shape[1], channels: shape[2], bytes: bytes)
    }

    /// How far bytes are from another picture's, at most and on average; infinitely where there are not as many.
    func differences(from other: Pixels) -> (largest: Int, mean: Double) {
        guard shape == other.shape else { return (.max, .infinity) }
        let differences = zip(bytes, other.bytes).map { abs(Int($0) - Int($1)) }
        return (differences.max() ?? 0, Double(differences.reduce(0, +)) / Double(bytes.count))
    }
}

extension Upscaler {
    /// What it makes of a picture.
    func pixels(_ picture: Pixels, scale: Int, limits: UpscalingLimits = UpscalingLimits(), tileSize: Int? = nil) throws
        -> Pixels
    {
        Pixels(try enlarge(picture.picture, scale: scale, limits: limits, tileSize: tileSize))
    }

    /// What it makes of a picture, of a certain size.
    func pixels(
        _ picture: Pixels, width: Int, height: Int, limits: UpscalingLimits = UpscalingLimits()
    ) throws -> Pixels {
        Pixels(try enlarge(picture.picture, width: width, height: height, limits: limits))
    }
}
