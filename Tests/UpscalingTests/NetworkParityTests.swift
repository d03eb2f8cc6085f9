import Foundation
import Imaging
import NeuralNetwork
import TestSupport
import Testing
import Upscaling

/// Networks compute what ncnn and PyTorch compute of the same weights.
@Suite("Networks agree with ncnn and PyTorch")
struct NetworkParityTests {
    @Test(
        "the bundled network enlarges pictures as ncnn does, with every instruction set",
        arguments: ["emoji", "photograph"], Upscaler.scales)
    func ncnn(_ name: String, scale: Int) throws {
        let expected = try Samples.picture("\(name)-x\(scale)")
        for set in InstructionSet.available {
            let result = try Samples.upscaler(Samples.bundled, threads: 2, set).pixels(
                try Samples.picture(name), scale: scale)
            #expect(result.shape == expected.shape)
            let (largest, mean) = result.differences(from: expected)
            #expect(largest <= 1 && mean < 0.001, "\(largest) at most and \(mean) on average with \(set)")
        }
    }

    @Test(
        "networks of other widths, depths and scales compute what PyTorch computes",
        arguments: ["compact-x4", "compact-x3", "compact-x2", "dense-x4", "dense-x2"])
    func pytorch(_ name: String) throws {
        let recorded = try Fixtures.weights("upscaling/expected.safetensors")
        let device = Device(threads: 1)
        let input = try recorded.tensor("\(name).input", on: device)
        let output = try recorded.tensor("\(name).output", on: device)
        let upscaler = try Samples.upscaler(name)
        let result = try upscaler.pixels(Self.picture(input), scale: upscaler.nativeScale)
        let expected = Self.picture(output)
        #expect(result.shape == expected.shape)
        let (largest, mean) = result.differences(from: expected)
        #expect(largest <= 1 && mean < 0.001, "\(largest) at most and \(mean) on average")
        // Where all were held at 0 or 255, nothing would be compared.
        #expect(expected.bytes.count { (1...254).contains($0) } > expected.bytes.count / 2)
    }

    @Test("a side that is no multiple of a network's squares is enlarged like the rest")
    func oddSides() throws {
        let result = try Samples.upscaler("dense-x2").pixels(Samples.drawing(width: 23, height: 17), scale: 2)
        #expect(result.shape == [46, 34, 3])
    }

    /// A picture `[3, height, width]` in 0…1, rounded to bytes.
    private static func picture(_ tensor: Tensor) -> Pixels {
        let (height, width, values) = (tensor.shape[1], tensor.shape[2], tensor.elements)
        let bytes = (0..<height * width * 3).map { index -> UInt8 in
            let value = values[index % 3 * height * width + index / 3]
            return UInt8((min(1, max(0, value)) * 255).rounded())
        }
        return Pixels(width: width, height: height, channels: 3, bytes: bytes)
    }
}
