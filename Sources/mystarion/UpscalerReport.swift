import Foundation
import Imaging
import NeuralNetwork
import Studio
import Upscaling

/// How long it takes to make a picture four times as large.
struct UpscalerReport {
    /// Milliseconds, in order.
    private let times: [Double]
    private let loadMilliseconds: Double
    private let cost: UpscalingCost

    /// Measures, after one enlargement in which memory is taken from the system.
    init(of installed: InstalledUpscaler, width: Int, height: Int, count: Int, on device: Device) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let upscaler = try installed.load(on: device)
        loadMilliseconds = (clock.now - start) / .milliseconds(1)
        let scale = Upscaler.scales.upperBound
        var times: [Double] = []
        do {
            cost = try upscaler.cost(width: width, height: height, channels: 3, scale: scale)
            guard cost.bytes <= MachineMemory.availableBytes else {
                throw Failure(
                    .system,
                    "\(cost.bytes >> 20) MiB of memory are needed, more than there are; choose a smaller size.")
            }
            var random = SystemRandomNumberGenerator()
            let picture = PixelBuffer(
                width: width, height: height, channels: 3,
                bytes: (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &random) })
            for _ in 0...count {
                let start = clock.now
                _ = try upscaler.enlarge(picture, scale: scale)
                times.append((clock.now - start) / .milliseconds(1))
            }
        } catch {
            throw Failure(upscaling: error)
        }
        self.times = times.dropFirst().sorted()
    }

    private var median: Double { times[times.count / 2] }

    /// Billions of operations a second, every convolution counted as if it were done directly.
    private var rate: Double { median > 0 ? 2 * Double(cost.multiplyAdds) / median / 1e6 : 0 }

    /// The report as people read it.
    var table: String {
        let rows = [
            ("reading the weights", String(format: "%10.1f ms", loadMilliseconds)),
            ("a picture", String(format: "%10.1f ms", median)),
            ("its rate", String(format: "%10.0f GFLOP/s", rate)),
            ("memory, about", String(format: "%10d MB", cost.bytes / 1_000_000)),
        ]
        return rows.map { $0.0.padding(toLength: 24, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
    }

    /// The report as programs read it.
    var json: String {
        get throws {
            let values = ["load_ms": loadMilliseconds, "upscale_ms": median, "gflops": rate]
            let rounded = values.mapValues { ($0 * 1000).rounded() / 1000 }
            let data = try JSONSerialization.data(withJSONObject: rounded, options: [.sortedKeys])
            return String(decoding: data, as: UTF8.self)
        }
    }
}
