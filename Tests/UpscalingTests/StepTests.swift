import Foundation
import Imaging
import NeuralNetwork
import TestSupport
import Testing
import Upscaling

/// A picture that is enlarged in steps is the picture that is enlarged at once.
@Suite("Steps leave no seams")
struct StepTests {
    @Test(
        "small networks give the same bytes at any step size and with any number of threads", arguments: Upscaler.scales
    )
    func streamed(scale: Int) throws {
        for (width, height) in [(61, 83), (128, 40), (5, 150), (150, 3), (1, 1)] {
            let picture = Samples.drawing(width: width, height: height)
            let whole = try Samples.upscaler("compact-x4", threads: 1).pixels(picture, scale: scale, tileSize: 4_096)
            for (threads, tileSize) in [(1, 1), (2, 20), (3, 33), (2, nil), (5, 64)] as [(Int, Int?)] {
                let result = try Samples.upscaler("compact-x4", threads: threads).pixels(
                    picture, scale: scale, tileSize: tileSize)
                #expect(result == whole, "\(width)×\(height), \(threads) threads, \(tileSize ?? 0)")
            }
        }
    }

    @Test("the bundled network does so with every instruction set", arguments: InstructionSet.available)
    func bundled(_ set: InstructionSet) throws {
        let picture = Samples.drawing(width: 101, height: 94)
        let whole = try Samples.upscaler(Samples.bundled, threads: 1, set).pixels(picture, scale: 4, tileSize: 1_024)
        let steps = try Samples.upscaler(Samples.bundled, threads: 2, set).pixels(picture, scale: 4, tileSize: 16)
        #expect(steps == whole)
    }

    @Test("large networks differ by one at most, and not at all by their threads", arguments: ["dense-x4", "dense-x2"])
    func tiled(_ name: String) throws {
        let picture = Samples.drawing(width: 171, height: 30)
        let upscaler = try Samples.upscaler(name)
        for scale in 2...upscaler.nativeScale {
            let whole = try upscaler.pixels(picture, scale: scale, tileSize: 1_024)
            let tiles = try upscaler.pixels(picture, scale: scale, tileSize: 16)
            #expect(tiles.differences(from: whole).largest <= 1)
            let alone = try Samples.upscaler(name, threads: 1).pixels(picture, scale: scale, tileSize: 16)
            #expect(alone == tiles)
        }
    }

    @Test("progress is told after every step, and ends the work when it throws")
    func progress() throws {
        let upscaler = try Samples.upscaler("compact-x4")
        let picture = Samples.drawing(width: 40, height: 100)
        var told: [[Int]] = []
        _ = try upscaler.enlarge(picture.picture, scale: 4, tileSize: 20) { told.append([$0, $1]) }
        #expect(told.count == 13 && told == (1...13).map { [$0, 13] })
        #expect(throws: CancellationError.self) {
            _ = try upscaler.enlarge(picture.picture, scale: 4, tileSize: 20) { completed, _ in
                #expect(completed <= 2)
                if completed == 2 { throw CancellationError() }
            }
        }
    }

    @Test("a task that is not finished gives no picture")
    func unfinished() throws {
        let upscaler = try Samples.upscaler("compact-x4")
        let picture = Samples.drawing(width: 40, height: 100)
        #expect(throws: UpscalingError.cancelled) {
            var task = try UpscalingTask(picture.picture, by: upscaler, scale: 4, tileSize: 20)
            try task.advance()
            _ = try task.finish()
        }
    }

    @Test(
        "nothing is left in memory, whether a task is finished or dropped", arguments: ["compact-x4", "dense-x4"],
        [true, false])
    func memory(_ name: String, isFinished: Bool) throws {
        let device = Device(threads: 2)
        let upscaler = try Upscaler(file: Fixtures.url("upscaling/\(name).safetensors").path, on: device)
        let picture = Samples.drawing(width: 60, height: 90)
        func run() throws {
            var task = try UpscalingTask(picture.picture, by: upscaler, scale: 3, tileSize: 16)
            try task.advance()
            try task.advance()
            #expect(device.memory.unerasedBytes > 0)
            guard isFinished else { return }
            while !task.isFinished { try task.advance() }
            _ = try task.finish()
        }
        let owned = device.memory.heldBytes - device.memory.idleBytes
        try run()
        #expect(device.memory.unerasedBytes == 0 && device.memory.heldBytes - device.memory.idleBytes == owned)
    }

    @Test(
        "the cost that is told beforehand is kept",
        arguments: [("compact-x4", 64, 300), ("compact-x4", 300, 64), ("dense-x4", 260, 40), ("dense-x2", 90, 90)])
    func cost(_ name: String, width: Int, height: Int) throws {
        let device = Device(threads: 2)
        let upscaler = try Upscaler(file: Fixtures.url("upscaling/\(name).safetensors").path, on: device)
        let scale = upscaler.nativeScale
        let cost = try upscaler.cost(width: width, height: height, channels: 3, scale: scale)
        device.memory.erase()
        device.memory.resetPeak()
        var steps = 0
        let before = device.work.operations
        _ = try upscaler.enlarge(Samples.drawing(width: width, height: height).picture, scale: scale) { _, total in
            steps = total
        }
        #expect(steps == cost.steps)
        let pictures = 3 * width * height * (1 + scale * scale)
        #expect(device.memory.peakBytes + pictures <= cost.bytes)
        #expect(cost.bytes <= 3 * (device.memory.peakBytes + pictures), "\(cost.bytes), \(device.memory.peakBytes)")
        let done = (device.work.operations - before) / 2
        #expect(done <= cost.multiplyAdds && 2 * done >= cost.multiplyAdds, "\(done) of \(cost.multiplyAdds)")
    }

    @Test("a wide picture takes no more memory for being high")
    func bounded() throws {
        let upscaler = try Samples.upscaler()
        let low = try upscaler.cost(width: 512, height: 512, channels: 3, scale: 2)
        let high = try upscaler.cost(width: 512, height: 2_048, channels: 3, scale: 2)
        let pictures = 3 * 512 * (2_048 - 512) * (1 + 4)
        #expect(high.bytes - low.bytes == pictures)
    }
}
