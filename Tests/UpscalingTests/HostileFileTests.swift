import Foundation
import NeuralNetwork
import TestSupport
import Testing
import Upscaling

/// Files of weights come from strangers: what is wrong with them is said.
@Suite("Hostile files of weights")
struct HostileFileTests {
    /// A tensor of zeros but for what is told.
    struct Entry {
        var shape: [Int]
        var value: UInt16 = 0
    }

    /// Names and shapes of a small network of each kind.
    private static func compact(features: Int = 4, convolutions: Int = 1, scale: Int = 2) -> [String: Entry] {
        var entries = ["body.0.weight": Entry(shape: [features, 3, 3, 3]), "body.0.bias": Entry(shape: [features])]
        for index in 0...convolutions {
            if index > 0 {
                entries["body.\(2 * index).weight"] = Entry(shape: [features, features, 3, 3])
                entries["body.\(2 * index).bias"] = Entry(shape: [features])
            }
            entries["body.\(2 * index + 1).weight"] = Entry(shape: [features])
        }
        entries["body.\(2 * convolutions + 2).weight"] = Entry(shape: [3 * scale * scale, features, 3, 3])
        entries["body.\(2 * convolutions + 2).bias"] = Entry(shape: [3 * scale * scale])
        return entries
    }

    private static func dense() -> [String: Entry] {
        var entries: [String: Entry] = [:]
        func convolution(_ name: String, _ inputs: Int, _ outputs: Int) {
            entries["\(name).weight"] = Entry(shape: [outputs, inputs, 3, 3])
            entries["\(name).bias"] = Entry(shape: [outputs])
        }
        convolution("conv_first", 3, 4)
        for block in 1...3 {
            for index in 0..<5 { convolution("body.0.rdb\(block).conv\(index + 1)", 4 + 2 * index, index < 4 ? 2 : 4) }
        }
        for name in ["conv_body", "conv_up1", "conv_up2", "conv_hr"] { convolution(name, 4, 4) }
        convolution("conv_last", 4, 3)
        return entries
    }

    private static func file(_ entries: [String: Entry]) -> Data {
        var (header, data) = ([String: Any](), Data())
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            let count = entry.shape.reduce(1, *)
            let begin = data.count
            for _ in 0..<count { withUnsafeBytes(of: entry.value.littleEndian) { data.append(contentsOf: $0) } }
            header[name] =
                ["dtype": "F16", "shape": entry.shape, "data_offsets": [begin, data.count]] as [String: Any]
        }
        let json = (try? JSONSerialization.data(withJSONObject: header)) ?? Data()
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + data
    }

    /// What is said of a file; nil when it is read.
    private static func refusal(of data: Data) throws -> UpscalingError? {
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors")
        try data.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        do throws(UpscalingError) {
            let upscaler = try Upscaler(file: url.path, on: Device(threads: 1))
            #expect(upscaler.name == url.deletingPathExtension().lastPathComponent)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "sound files of both kinds are read, also under the keys of training checkpoints",
        arguments: ["", "params.", "params_ema."])
    func sound(_ prefix: String) throws {
        for entries in [Self.compact(), Self.compact(features: 1, convolutions: 0, scale: 4), Self.dense()] {
            let renamed = Dictionary(uniqueKeysWithValues: entries.map { (prefix + $0.key, $0.value) })
            #expect(try Self.refusal(of: Self.file(renamed)) == nil)
        }
    }

    @Test("every tensor must be there, with the shape that the others ask for")
    func eachTensor() throws {
        for entries in [Self.compact(), Self.dense()] {
            for name in entries.keys.sorted() {
                var missing = entries
                missing[name] = nil
                #expect(try Self.refusal(of: Self.file(missing)) != nil, "without \(name)")
                for change in [{ $0 + 1 }, { max(0, $0 - 1) }, { _ in 0 }] as [(Int) -> Int] {
                    for dimension in 0..<(entries[name]?.shape.count ?? 0) {
                        var changed = entries
                        changed[name]?.shape[dimension] = change(entries[name]?.shape[dimension] ?? 0)
                        guard changed[name]?.shape != entries[name]?.shape else { continue }
                        // One slope may stand for all channels.
                        if changed[name]?.shape == [1] { continue }
                        let refusal = try Self.refusal(of: Self.file(changed))
                        #expect(refusal != nil, "\(name) \(changed[name]?.shape ?? [])")
                    }
                }
            }
        }
    }

    @Test("what is wrong is said with the file's name and what is possible")
    func sentences() throws {
        var large = Self.compact(features: 4)
        large["body.0.weight"]?.shape = [513, 3, 3, 3]
        var relu = Self.compact()
        for name in relu.keys where relu[name]?.shape.count == 1 && name.hasSuffix("weight") { relu[name] = nil }
        var infinite = Self.compact()
        infinite["body.2.weight"]?.value = 0x7C00
        var fivefold = Self.compact()
        fivefold["body.4.weight"]?.shape = [75, 4, 3, 3]
        var unscaled = Self.dense()
        unscaled["conv_first.weight"]?.shape = [4, 48, 3, 3]
        var deep = Self.dense()
        deep["body.9223372036854775807.rdb1.conv1.weight"] = Entry(shape: [1])
        let cases: [(Data, String)] = [
            (Self.file(["linear.weight": Entry(shape: [2, 2])]), "no network that enlarges"),
            (Self.file(large), "513 features"), (Self.file(relu), "PReLU"), (Self.file(infinite), "finite"),
            (Self.file(fivefold), "12, 27 or 48"), (Self.file(unscaled), "48 input channels"),
            (Self.file(deep), "blocks"), (Data("PK".utf8), "2 bytes"), (Data(), "0 bytes"),
        ]
        for (data, text) in cases {
            let refusal = try #require(try Self.refusal(of: data), "\(text)")
            #expect("\(refusal)".contains(text) && "\(refusal)".contains(".safetensors"), "\(refusal)")
        }
    }

    @Test("a file cut or changed anywhere is refused or read, and ends nothing")
    func damaged() throws {
        let sound = Self.file(Self.compact())
        var random = SystemRandomNumberGenerator()
        for _ in 0..<400 {
            var data = sound
            let place = Int.random(in: 0..<min(data.count, 900), using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: data = data.prefix(place)
            case 1: data[place] = UInt8.random(in: 0...255, using: &random)
            default: data.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
            _ = try Self.refusal(of: data)
        }
    }

    @Test("a network whose numbers overflow says so, and gives no picture")
    func overflow() throws {
        // 65504, half precision's largest.
        let entries = Self.compact(features: 64, convolutions: 16).mapValues { entry in
            var entry = entry
            entry.value = 0x7BFF
            return entry
        }
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors")
        try Self.file(entries).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let upscaler = try Upscaler(file: url.path, on: Device(threads: 1))
        for scale in [2, 3] {
            #expect(throws: UpscalingError.notFinite) {
                _ = try upscaler.enlarge(Samples.drawing(width: 12, height: 12).picture, scale: scale)
            }
        }
    }
}
